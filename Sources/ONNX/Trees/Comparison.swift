/// The truth of a branch's comparison along the line of all keys: it begins as `startsTrue` and flips at each border.
struct Comparison<Number: TreeNumber> {
    /// Which key NaN gets, so that it takes the side that the branch says.
    enum Missing {
        case high
        case low
        /// Neither end of the line is right: NaN needs a test of its own first.
        case own
    }

    let startsTrue: Bool
    /// Ascending; a key that is at least a border is behind it.
    let borders: [Number.Key]
    let missing: Missing
    let missingIsTrue: Bool

    init(_ node: TreeEnsemble.StoredNode, threshold: Number, _ ensemble: TreeEnsemble) {
        let key = threshold.isNaN ? 0 : threshold.orderedKey
        switch node.mode {
        case .less: (startsTrue, borders) = threshold.isNaN ? (false, []) : (true, [key])
        case .lessOrEqual: (startsTrue, borders) = threshold.isNaN ? (false, []) : (true, [key + 1])
        case .greater: (startsTrue, borders) = threshold.isNaN ? (false, []) : (false, [key + 1])
        case .greaterOrEqual: (startsTrue, borders) = threshold.isNaN ? (false, []) : (false, [key])
        case .equal: (startsTrue, borders) = threshold.isNaN ? (false, []) : (false, [key, key + 1])
        case .notEqual: (startsTrue, borders) = threshold.isNaN ? (true, []) : (true, [key, key + 1])
        case .member: (startsTrue, borders) = (false, Self.borders(ensemble.sets[Int(node.threshold.bitPattern)]))
        }
        // NaN differs from every number, so it is unequal whatever the branch says of missing values.
        missingIsTrue = node.missingGoesYes || node.mode == .notEqual
        let endsTrue = startsTrue != (borders.count % 2 == 1)
        missing = missingIsTrue == endsTrue ? .high : missingIsTrue == startsTrue ? .low : .own
    }

    private static func borders(_ members: [Double]) -> [Number.Key] {
        var borders: [Number.Key] = []
        for member in members where !member.isNaN {
            let key = Number(member).orderedKey
            // Neighbours make one stretch; the same member twice makes none.
            if let last = borders.last, last > key { continue }
            if borders.last == key { borders.removeLast() } else { borders.append(key) }
            borders.append(key + 1)
        }
        return borders
    }
}
