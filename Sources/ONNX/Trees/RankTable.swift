internal import CONNXKernels

/// Replaces each feature by its rank among the thresholds that it is compared with, in one byte.
///
/// `x < t` for the i-th threshold is `rank(x) <= i`, exactly. A feature with more thresholds than a byte counts gets several columns, each
/// for a stretch of them; a branch looks at the column of its threshold's stretch.
struct RankTable {
    /// The thresholds of a stretch; a byte has room for one rank more, and one for missing values above all of them.
    static let stretch = 254
    private static let mostThresholds = 1 << 15
    private static let mostColumns = 1 << 10

    private struct Column {
        let source: Int
        let stretch: Int
    }

    private(set) var features: [onnx_feature] = []
    private(set) var thresholds: [Float] = []
    private(set) var bases: [UInt16] = []
    private(set) var missing: [UInt8] = []
    /// For each of the program's columns the number of the column that each stretch of its feature's keys became.
    private var numbers: [[Int]] = []
    /// The distinct keys of each feature, ascending.
    private var keys: [Int: [Int32]] = [:]
    private let sources: [TreeProgram<Float>.Column]

    var columnCount: Int { bases.count }

    /// Nil where there are too many thresholds or columns. Each branch learns its key's place.
    init?(_ program: TreeProgram<Float>, _ trees: inout [SmallTree]) {
        sources = program.columns
        // The keys of each feature's branches with the branches' numbers behind them, in one number each: sorted, they give the distinct
        // keys and each branch's place among them in one go.
        var numbered: [Int: [UInt64]] = [:]
        var bySource: [[UInt64]] = sources.map { _ in [] }
        var count: UInt64 = 0
        for tree in trees {
            for branch in tree.branches {
                if branch.key != .max {
                    bySource[Int(branch.column) - 1].append(UInt64(UInt32(bitPattern: branch.key) ^ 0x8000_0000) << 32 | count)
                }
                count += 1
            }
        }
        for (source, entries) in zip(sources, bySource) { numbered[source.feature, default: []] += entries }
        var positions = [Int32](repeating: 0, count: Int(count))
        let features = Array(numbered)
        positions.withUnsafeMutableBufferPointer { positions in
            // Each entry is of one branch, and each branch is in one place.
            let positions = positions
            let found = Threads.map(features.count, workPerItem: Int(count) / max(features.count, 1)) { range in
                features[range].map { feature, entries in (feature, Self.distinct(entries, positions)) }
            }
            for (feature, distinct) in found.joined() { keys[feature] = distinct }
        }
        guard keys.values.allSatisfy({ $0.count < Self.mostThresholds }) else { return nil }
        var next = 0
        for tree in trees.indices {
            trees[tree].setPositions(positions[next..<next + trees[tree].branches.count])
            next += trees[tree].branches.count
        }
        var used = sources.map { [Bool](repeating: false, count: (keys[$0.feature]?.count ?? 0) / Self.stretch + 1) }
        for tree in trees {
            for branch in tree.branches { used[Int(branch.column) - 1][branch.position / Self.stretch] = true }
        }
        numbers = used.map { $0.map { _ in 0 } }
        var columns: [Int: [Column]] = [:]
        for (source, stretches) in used.enumerated() {
            for (stretch, isUsed) in stretches.enumerated() where isUsed {
                columns[sources[source].feature, default: []].append(Column(source: source, stretch: stretch))
            }
        }
        for feature in columns.keys.sorted() {
            append(feature, (columns[feature] ?? []).sorted { ($0.stretch, $0.source) < ($1.stretch, $1.source) })
            guard bases.count <= Self.mostColumns else { return nil }
        }
    }

    /// The distinct keys among entries, ascending; each entry's branch learns its key's place.
    private static func distinct(_ entries: [UInt64], _ positions: UnsafeMutableBufferPointer<Int32>) -> [Int32] {
        var distinct: [Int32] = []
        for entry in entries.sorted() {
            let key = Int32(bitPattern: UInt32(truncatingIfNeeded: entry >> 32) ^ 0x8000_0000)
            if distinct.last != key { distinct.append(key) }
            positions[Int(UInt32(truncatingIfNeeded: entry))] = Int32(truncatingIfNeeded: distinct.count - 1)
        }
        return distinct
    }

    /// The column that a branch looks at and the largest rank that goes to its smaller side.
    func test(_ branch: SmallTree.Branch) -> (column: Int, rank: UInt8) {
        let source = Int(branch.column) - 1
        // A test for a missing value, which has the rank above all others.
        if branch.key == .max { return (numbers[source][0], UInt8(Self.stretch)) }
        return (numbers[source][branch.position / Self.stretch], UInt8(truncatingIfNeeded: branch.position % Self.stretch))
    }

    private mutating func append(_ feature: Int, _ columns: [Column]) {
        let sorted = keys[feature] ?? []
        var levels = 0
        while 1 << (4 * levels) <= sorted.count { levels += 1 }
        features.append(
            onnx_feature(
                feature: Int32(truncatingIfNeeded: feature), levels: Int32(levels), first: Int64(thresholds.count),
                firstColumn: Int32(truncatingIfNeeded: bases.count), columns: Int32(truncatingIfNeeded: columns.count)))
        for column in columns {
            numbers[column.source][column.stretch] = bases.count
            bases.append(UInt16(truncatingIfNeeded: column.stretch * Self.stretch))
            missing.append(sources[column.source].missingIsHigh ? 255 : 0)
        }
        // Level by level: each entry of a level is the last of its sixteen on the level below.
        let size = 1 << (4 * levels)
        for level in 0..<levels {
            let step = size >> (4 * (level + 1))
            for entry in 0..<(size / step) {
                let place = (entry + 1) * step - 1
                thresholds.append(place < sorted.count ? Float(orderedKey: sorted[place]) : .nan)
            }
        }
    }
}

extension Float {
    /// The number of a key; of a key that no number has, NaN.
    init(orderedKey key: Int32) {
        self.init(bitPattern: UInt32(bitPattern: key < 0 ? Int32.min &- key : key))
    }
}
