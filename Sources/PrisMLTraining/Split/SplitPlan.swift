/// How rows are divided: what is fitted on, what decides when to stop and where the threshold lies, and what nobody looks at before the end.
///
/// Which share a row belongs to follows from its key and the seed alone: rows may come in any order.
package struct SplitPlan: Sendable, Hashable {
    package enum Strategy: Sendable, Hashable {
        case random
        /// Each class is divided in the same proportion; one class index for each row.
        case stratified([Int])
        /// The oldest rows are trained on and the newest are held out; one time (or any number) for each row.
        case chronological([Double])
        /// Rows of one group stay together; one key for each row's group.
        case grouped([UInt64])
    }

    /// The shares that are kept from training; the rest is trained on.
    package var validation: Double
    package var holdout: Double
    package var seed: UInt64

    package init(validation: Double = 0.15, holdout: Double = 0.15, seed: UInt64 = 0) {
        self.validation = validation
        self.holdout = holdout
        self.seed = seed
    }

    /// A row's key from the bytes of its primary key.
    package static func key(_ bytes: some Sequence<UInt8>) -> UInt64 {
        RandomSequence.hash(bytes, seed: 0)
    }
}

/// Row numbers by their share, each list ascending.
package struct RowSplit: Sendable, Hashable {
    package var training: [Int] = []
    package var validation: [Int] = []
    package var holdout: [Int] = []
}

extension SplitPlan {
    /// Divides rows; one key for each, and no two alike.
    package func split(_ keys: [UInt64], _ strategy: Strategy) throws -> RowSplit {
        guard validation >= 0, holdout >= 0, validation + holdout < 1 else {
            throw TrainingError(
                .invalidSplit, "the shares \(validation) for validation and \(holdout) for the holdout leave nothing to train on",
                suggestion: "let them be 0 or more, and their sum less than 1")
        }
        var split = RowSplit()
        switch strategy {
        case .random: assign(try order(keys), to: &split)
        case .stratified(let classes):
            for rows in try order(keys).grouped(by: classes, count: keys.count) { assign(rows, to: &split) }
        case .chronological(let times): assign(try chronological(keys, times), to: &split)
        case .grouped(let groups): assign(groups: try ordered(groups: groups, keys), rowCount: keys.count, to: &split)
        }
        split.training.sort()
        split.validation.sort()
        split.holdout.sort()
        try check(split, rowCount: keys.count)
        return split
    }

    /// Divides rows into parts that take turns at being held out.
    ///
    /// By time, the parts before train and the next one is held out, so that there is one turn less than there are parts.
    package func folds(_ count: Int, _ keys: [UInt64], _ strategy: Strategy) throws -> [RowSplit] {
        guard count >= 2, keys.count >= count else {
            throw TrainingError(
                .invalidSplit, "\(keys.count) rows do not make \(count) folds",
                suggestion: "use 2 folds or more, and a row for each at least")
        }
        var parts = [[Int]](repeating: [], count: count)
        switch strategy {
        case .random:
            for (place, row) in try order(keys).enumerated() { parts[place % count].append(row) }
        case .stratified(let classes):
            // Each class goes on where the one before it ended, so that small classes do not all pile up in the first parts.
            var place = 0
            for rows in try order(keys).grouped(by: classes, count: keys.count) {
                for row in rows {
                    parts[place % count].append(row)
                    place += 1
                }
            }
        case .grouped(let groups):
            for rows in try ordered(groups: groups, keys) {
                let smallest = parts.indices.min { (parts[$0].count, $0) < (parts[$1].count, $1) } ?? 0
                parts[smallest] += rows
            }
        case .chronological(let times):
            let rows = try chronological(keys, times)
            for (place, row) in rows.enumerated() { parts[place * count / rows.count].append(row) }
            return (1..<count).map { part in
                RowSplit(training: parts[..<part].flatMap { $0 }.sorted(), holdout: parts[part].sorted())
            }
        }
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            throw TrainingError(.invalidSplit, "there are fewer groups than folds", suggestion: "use fewer folds")
        }
        return parts.indices.map { part in
            RowSplit(
                training: parts.indices.filter { $0 != part }.flatMap { parts[$0] }.sorted(), holdout: parts[part].sorted())
        }
    }

    // MARK: Orders

    /// The rows in an order that only their keys and the seed decide.
    private func order(_ keys: [UInt64]) throws -> [Int] {
        let hashes = keys.map { RandomSequence.mix($0 ^ RandomSequence.mix(seed &+ 0x9E37_79B9_7F4A_7C15)) }
        let rows = keys.indices.sorted { hashes[$0] < hashes[$1] }
        // Mixing is one-to-one, so that equal hashes are equal keys.
        if let twin = rows.indices.dropFirst().first(where: { hashes[rows[$0]] == hashes[rows[$0 - 1]] }) {
            throw TrainingError(
                .invalidSplit, "rows \(min(rows[twin], rows[twin - 1])) and \(max(rows[twin], rows[twin - 1])) have the same key",
                suggestion: "use the primary key of the rows")
        }
        return rows
    }

    private func chronological(_ keys: [UInt64], _ times: [Double]) throws -> [Int] {
        guard times.count == keys.count else { throw Self.uneven(times.count, "times", keys.count) }
        let untimed = times.count(where: \.isNaN)
        guard untimed == 0 else {
            throw TrainingError(
                .invalidSplit, "\(untimed) of \(times.count) rows have no time to be ordered by",
                suggestion: "split by a column that is never null, or filter those rows")
        }
        var ranks = [Int](repeating: 0, count: keys.count)
        for (rank, row) in try order(keys).enumerated() { ranks[row] = rank }
        return keys.indices.sorted { (times[$0], ranks[$0]) < (times[$1], ranks[$1]) }
    }

    private func ordered(groups: [UInt64], _ keys: [UInt64]) throws -> [[Int]] {
        guard groups.count == keys.count else { throw Self.uneven(groups.count, "groups", keys.count) }
        var rows: [UInt64: [Int]] = [:]
        for (row, group) in groups.enumerated() { rows[group, default: []].append(row) }
        let names = Array(rows.keys)
        return try order(names).compactMap { rows[names[$0]] }
    }

    fileprivate static func uneven(_ count: Int, _ what: String, _ rows: Int) -> TrainingError {
        TrainingError(.invalidSplit, "there are \(count) \(what) for \(rows) rows", suggestion: "pass one for each row")
    }

    // MARK: Shares

    /// The last rows are held out, the ones before them validate, the first train.
    private func assign(_ rows: [Int], to split: inout RowSplit) {
        let count = rows.count
        // A class of a few rows is in the holdout as soon as it has two, and in the validation as soon as it has three.
        var held = holdout > 0 && count >= 2 ? max(1, Int((Double(count) * holdout).rounded())) : 0
        var validating = validation > 0 && count >= 3 ? max(1, Int((Double(count) * validation).rounded())) : 0
        while held + validating >= count, count > 0 {
            if validating > held || held <= 1 && validating > 0 { validating -= 1 } else { held -= 1 }
        }
        split.training += rows[..<(count - held - validating)]
        split.validation += rows[(count - held - validating)..<(count - held)]
        split.holdout += rows[(count - held)...]
    }

    private func assign(groups: [[Int]], rowCount: Int, to split: inout RowSplit) {
        var before = 0
        for rows in groups {
            // A group lies where its middle lies.
            let middle = (Double(before) + Double(rows.count) / 2) / Double(max(rowCount, 1))
            before += rows.count
            if middle < 1 - validation - holdout {
                split.training += rows
            } else if middle < 1 - holdout {
                split.validation += rows
            } else {
                split.holdout += rows
            }
        }
    }

    private func check(_ split: RowSplit, rowCount: Int) throws {
        for (name, rows, share) in [
            ("training", split.training, 1 - validation - holdout), ("validation", split.validation, validation),
            ("holdout", split.holdout, holdout),
        ] where rows.isEmpty && share > 0 {
            throw TrainingError(
                .invalidSplit, "of \(rowCount) rows none is left for the \(name)",
                suggestion: "train on more rows, or change the shares of the split")
        }
    }
}

extension [Int] {
    /// The rows of each class in this order, classes ascending.
    fileprivate func grouped(by classes: [Int], count: Int) throws -> [[Int]] {
        guard classes.count == count else { throw SplitPlan.uneven(classes.count, "classes", count) }
        var groups: [Int: [Int]] = [:]
        for row in self { groups[classes[row], default: []].append(row) }
        return groups.keys.sorted().compactMap { groups[$0] }
    }
}
