/// "Did you mean": the known word that a mistyped one is nearest to.
enum Suggestion {
    /// The nearest candidate, if it is near enough to be what was meant; the first of equals.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        // A person mistypes words, not pages; longer texts would cost time and match nothing.
        guard word.utf8.count <= 64 else { return nil }
        let typed = Array(word.lowercased())
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let wanted = Array(candidate.lowercased())
            let allowed = max(1, max(typed.count, wanted.count) / 3)
            var distance = editDistance(typed, wanted)
            // A prefix of two letters or more is a word cut short.
            if typed.count >= 2, wanted.starts(with: typed) { distance = min(distance, allowed) }
            if distance <= allowed, distance < max(typed.count, wanted.count), distance < (best?.distance ?? .max) {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// Letters added, dropped, replaced or swapped with their neighbour.
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
