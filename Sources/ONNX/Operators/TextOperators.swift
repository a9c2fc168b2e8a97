/// Texts cleaned, taken apart and counted.
enum TextOperators {
    static let all: [String: OperatorSet.Factory] = [
        "StringNormalizer": { try StringNormalizer($0) },
        "StringConcat": { _ in StringConcat() },
        "StringSplit": { try StringSplit($0) },
        "TfIdfVectorizer": { try TermCounter($0) },
    ]
}

/// Leaves stop words out and changes the case.
struct StringNormalizer: Operator {
    private enum Change: String {
        case lower = "LOWER"
        case upper = "UPPER"
        case none = "NONE"

        func apply(_ text: String) -> String {
            switch self {
            case .lower: text.lowercased()
            case .upper: text.uppercased()
            case .none: text
            }
        }
    }

    private let change: Change
    private let isCaseSensitive: Bool
    private let stopWords: Set<TextKey>

    init(_ context: NodeContext) throws {
        let name = try context.string("case_change_action", "NONE")
        guard let change = Change(rawValue: name) else { throw context.invalid("case_change_action '\(name)' is unknown") }
        self.change = change
        let isCaseSensitive = try context.int("is_case_sensitive", 0) != 0
        self.isCaseSensitive = isCaseSensitive
        stopWords = Set(try context.strings("stopwords").map { TextKey(isCaseSensitive ? $0 : $0.lowercased()) })
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        guard input.shape.count == 1 || (input.shape.count == 2 && input.shape[0] == 1) else {
            throw ONNXError(.invalidInput, "StringNormalizer wants a vector, not the shape \(input.shape)", suggestion: "pass one row")
        }
        var texts = try input.strings().filter { !stopWords.contains(TextKey(isCaseSensitive ? $0 : $0.lowercased())) }.map(change.apply)
        if texts.isEmpty { texts = [""] }
        return [.tensor(Tensor(unchecked: input.shape.dropLast() + [texts.count], .string(texts)))]
    }
}

struct StringConcat: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        let broadcast = try Broadcast(one.shape, two.shape, limit: inputs.limit)
        return [.tensor(Tensor(unchecked: broadcast.shape, .string(broadcast.map(try one.strings(), try two.strings(), +))))]
    }
}

struct StringSplit: Operator {
    private let delimiter: [UInt8]
    private let mostSplits: Int

    init(_ context: NodeContext) throws {
        delimiter = Array(try context.string("delimiter", "").utf8)
        mostSplits = max(try context.int("maxsplit", .max), 0)
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let parts = try input.strings().map { delimiter.isEmpty ? words(Array($0.utf8)) : pieces(Array($0.utf8)) }
        let width = parts.map(\.count).max() ?? 0
        _ = try inputs.count(of: input.shape + [width])
        let filled = parts.flatMap { $0 + [String](repeating: "", count: width - $0.count) }
        return [
            .tensor(Tensor(unchecked: input.shape + [width], .string(filled))),
            .tensor(Tensor(unchecked: input.shape, .int64(parts.map { Int64($0.count) }))),
        ]
    }

    private func words(_ text: [UInt8]) -> [String] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var rest = text[...].drop(while: isSpace)
        var words: [String] = []
        while !rest.isEmpty {
            if words.count == mostSplits {
                let end = rest.lastIndex { !isSpace($0) } ?? rest.startIndex
                return words + [String(decoding: rest[...end], as: UTF8.self)]
            }
            let word = rest.prefix { !isSpace($0) }
            words.append(String(decoding: word, as: UTF8.self))
            rest = rest[word.endIndex...].drop(while: isSpace)
        }
        return words
    }

    private func pieces(_ text: [UInt8]) -> [String] {
        // Of an empty text nothing is left, not even an empty piece.
        guard !text.isEmpty else { return [] }
        var pieces: [String] = []
        var start = 0
        var index = 0
        while index + delimiter.count <= text.count, pieces.count < mostSplits {
            if text[index..<(index + delimiter.count)].elementsEqual(delimiter) {
                pieces.append(String(decoding: text[start..<index], as: UTF8.self))
                index += delimiter.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [String(decoding: text[start...], as: UTF8.self)]
    }
}

/// Counts n-grams of texts or integers (`TfIdfVectorizer`).
struct TermCounter: Operator {
    private enum Term: Hashable {
        case text(TextKey)
        case integer(Int64)
    }

    private enum Mode: String {
        case counts = "TF"
        case presence = "IDF"
        case weighted = "TFIDF"
    }

    /// A node of the tree of all n-grams.
    private struct Branch {
        var next: [Term: Int] = [:]
        var gram: Int?
    }

    private let mode: Mode
    private let weights: [Float]
    private let places: [Int]
    private let width: Int
    private let lengths: ClosedRange<Int>
    private let mostSkipped: Int
    private let branches: [Branch]

    init(_ context: NodeContext) throws {
        let name = try context.string("mode", "TF")
        guard let mode = Mode(rawValue: name) else { throw context.invalid("mode '\(name)' is unknown") }
        self.mode = mode
        weights = try context.floats("weights")
        places = try context.ints("ngram_indexes").map { Int(truncatingIfNeeded: $0) }
        let (shortest, longest) = (try context.int("min_gram_length", 1), try context.int("max_gram_length", 1))
        guard shortest >= 1, longest >= shortest else { throw context.invalid("the lengths of n-grams are \(shortest) to \(longest)") }
        lengths = shortest...longest
        mostSkipped = max(try context.int("max_skip_count", 0), 0)
        let integers = try context.ints("pool_int64s")
        let texts = try context.strings("pool_strings")
        let pool = texts.isEmpty ? integers.map(Term.integer) : texts.map { Term.text(TextKey($0)) }
        let starts = try context.ints("ngram_counts").map { Int(truncatingIfNeeded: $0) }
        // An n-gram cannot have a place that is far beyond the pool, or a few bytes would ask for a huge output.
        guard let most = places.max(), most < max(1 << 20, pool.count * 4), places.allSatisfy({ $0 >= 0 }) else {
            throw context.invalid("ngram_indexes are missing or out of range")
        }
        width = most + 1
        guard weights.isEmpty || weights.count == places.count else {
            throw context.invalid("there are \(weights.count) weights for \(places.count) n-grams")
        }
        branches = try Self.branches(pool, starts, lengths, places.count, context)
    }

    private static func branches(
        _ pool: [Term], _ starts: [Int], _ lengths: ClosedRange<Int>, _ gramCount: Int, _ context: NodeContext
    ) throws -> [Branch] {
        var branches = [Branch()]
        var gram = 0
        for (index, start) in starts.enumerated() {
            let length = index + 1
            let end = index + 1 < starts.count ? starts[index + 1] : pool.count
            guard 0 <= start, start <= end, end <= pool.count, (end - start) % length == 0 else {
                throw context.invalid("ngram_counts do not fit the pool")
            }
            for first in stride(from: start, to: end, by: length) {
                defer { gram += 1 }
                guard lengths.contains(length), gram < gramCount else { continue }
                var branch = 0
                for term in pool[first..<(first + length)] {
                    if let known = branches[branch].next[term] {
                        branch = known
                    } else {
                        branches.append(Branch())
                        branches[branch].next[term] = branches.count - 1
                        branch = branches.count - 1
                    }
                }
                branches[branch].gram = gram
            }
        }
        return branches
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        guard input.shape.count <= 2 else {
            throw ONNXError(.invalidInput, "terms are counted in rows, not in the shape \(input.shape)", suggestion: "pass a matrix")
        }
        let rows = input.shape.count == 2 ? input.shape[0] : 1
        let length = input.shape.last ?? 1
        let terms: [Term] =
            if case .string(let texts) = input.elements { texts.map { .text(TextKey($0)) } } else {
                try input.integers().map { .integer($0) }
            }
        let shape = (input.shape.count == 2 ? [rows] : []) + [width]
        var counts = [Float](repeating: 0, count: try inputs.count(of: shape))
        for row in 0..<rows {
            let line = terms[(row * length)..<((row + 1) * length)]
            for skip in 0...min(mostSkipped, max(length, 1)) { count(line, distance: skip + 1, into: &counts, at: row * width) }
        }
        weigh(&counts)
        return [.tensor(Tensor(unchecked: shape, .float(counts)))]
    }

    private func count(_ line: ArraySlice<Term>, distance: Int, into counts: inout [Float], at start: Int) {
        for first in line.indices {
            var branch = 0
            var length = 0
            var index = first
            while index < line.endIndex, length < lengths.upperBound, let next = branches[branch].next[line[index]] {
                branch = next
                length += 1
                index += distance
                // One term alone is the same whatever is skipped, and counts once.
                if let gram = branches[branch].gram, length > 1 || distance == 1 { counts[start + places[gram]] += 1 }
            }
        }
    }

    private func weigh(_ counts: inout [Float]) {
        guard mode != .counts else { return }
        var factors = [Float](repeating: 1, count: width)
        // A place's weight is that of its n-gram, in the order of the pool.
        for (gram, place) in places.enumerated() where !weights.isEmpty { factors[place] = weights[gram] }
        for index in counts.indices {
            let amount = mode == .presence ? min(counts[index], 1) : counts[index]
            counts[index] = amount * factors[index % width]
        }
    }
}
