/// "did you mean": the known name that is nearest to what was written.
package enum Suggestion {
    /// The candidate with the fewest edits between, if they are few enough to be a slip.
    package static func closest(to text: String, in candidates: some Sequence<String>) -> String? {
        let word = Array(text.lowercased().utf8.prefix(64))
        var best: (distance: Int, name: String)?
        for candidate in candidates.prefix(candidateLimit) {
            let other = Array(candidate.lowercased().utf8.prefix(64))
            let shorter = min(word.count, other.count)
            let limit = shorter < 3 ? 0 : max(1, shorter / 3)
            if abs(word.count - other.count) > limit { continue }
            let distance = edits(word, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.name
    }

    /// A bound on the work for a large schema with many slips.
    private static let candidateLimit = 2000

    /// `; did you mean 'x'?`, or nothing.
    static func question(_ guess: String?) -> String {
        guess.map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    private static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in b.indices {
                row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1) }
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
