import Prisma

/// From which probability on a row belongs to the second of two classes.
public enum ThresholdRule: Hashable, Sendable {
    case fixed(Double)
    /// The one with the largest F1 on the validation rows.
    case largestF1

    var canonical: JSON {
        switch self {
        case .fixed(let value): .double(value)
        case .largestF1: "largestF1"
        }
    }
}

/// How much a row of each class counts in training.
public enum ClassWeights: Hashable, Sendable {
    case equal
    /// Each class counts the same in all, however rare it is.
    case balanced
    /// By the class: the values of the enum or text, `true` and `false`; 1 for those that are not named.
    case named([String: Double])

    var canonical: JSON {
        switch self {
        case .equal: "equal"
        case .balanced: "balanced"
        case .named(let weights): .object(weights.mapValues(JSON.double))
        }
    }

    /// The weight of each class, given how many rows each has.
    package func weights(_ classes: [String], counts: [Int]) -> [Float]? {
        switch self {
        case .equal: return nil
        case .named(let weights): return classes.map { Float(weights[$0] ?? 1) }
        case .balanced:
            let total = counts.reduce(0, +)
            return counts.map { $0 == 0 ? 1 : Float(Double(total) / (Double(counts.count) * Double($0))) }
        }
    }
}
