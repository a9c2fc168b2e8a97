package import Prisma

/// The values of one feature as they come from the database, before an encoding is fitted.
package enum RawColumn: Sendable {
    /// NaN is null.
    case numbers([Float])
    /// Text, each as its number in a vocabulary; -1 is null.
    case categories([Int32], Vocabulary)

    package init(for feature: Feature) {
        switch feature.node.type {
        case .string, .enumeration: self = .categories([], Vocabulary())
        default: self = .numbers([])
        }
    }

    package var count: Int {
        switch self {
        case .numbers(let values): values.count
        case .categories(let codes, _): codes.count
        }
    }

    /// Makes room for so many values, so that a column that grows is not copied.
    package mutating func reserve(_ count: Int) {
        switch self {
        case .numbers(var values):
            self = .numbers([])
            values.reserveCapacity(count)
            self = .numbers(values)
        case .categories(var codes, let vocabulary):
            self = .numbers([])
            codes.reserveCapacity(count)
            self = .categories(codes, vocabulary)
        }
    }

    /// Takes in the values that come after these, of a column of the same feature.
    package mutating func append(_ other: RawColumn) {
        switch (self, other) {
        case (.numbers(var values), .numbers(let more)):
            self = .numbers([])
            values += more
            self = .numbers(values)
        case (.categories(var codes, var vocabulary), .categories(let more, let others)):
            self = .numbers([])
            let numbers = others.texts.map { vocabulary.code($0) }
            codes += more.lazy.map { $0 < 0 ? -1 : numbers[Int($0)] }
            self = .categories(codes, vocabulary)
        default: break
        }
    }

    /// Reads a feature's value from the next columns of a row.
    package mutating func append(_ computation: FeatureComputation?, from row: inout SQLRow) throws(PrismaError) {
        switch self {
        case .numbers(var values):
            self = .numbers([])
            values.append(try FeatureEncoder.number(from: &row, computation))
            self = .numbers(values)
        case .categories(var codes, var vocabulary):
            self = .numbers([])
            codes.append(try row.skipsNull() ? -1 : vocabulary.code(try row.string()))
            self = .categories(codes, vocabulary)
        }
    }
}

/// Texts and their numbers, in the order in which they were first seen.
package struct Vocabulary: Sendable {
    package private(set) var texts: [String] = []
    private var codes: [String: Int32] = [:]

    package init() {}

    package mutating func code(_ text: String) -> Int32 {
        if let code = codes[text] { return code }
        let code = Int32(clamping: texts.count)
        texts.append(text)
        codes[text] = code
        return code
    }
}
