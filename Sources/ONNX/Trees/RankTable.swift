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

    private struct Column: Hashable {
        let source: UInt32
        let stretch: Int
    }

    private(set) var features: [onnx_feature] = []
    private(set) var thresholds: [Float] = []
    private(set) var bases: [UInt16] = []
    private(set) var missing: [UInt8] = []
    private var numbers: [Column: Int] = [:]
    /// The distinct keys of each feature, ascending.
    private var keys: [Int: [Int32]] = [:]
    private let sources: [TreeProgram<Float>.Column]

    var columnCount: Int { bases.count }

    /// Nil where there are too many thresholds or columns.
    init?(_ program: TreeProgram<Float>, _ trees: [SmallTree]) {
        sources = program.columns
        var distinct: [Int: Set<Int32>] = [:]
        for tree in trees {
            for branch in tree.branches {
                let feature = sources[Int(branch.column) - 1].feature
                if branch.key == .max {
                    distinct[feature, default: []].formUnion([])
                } else {
                    distinct[feature, default: []].insert(branch.key)
                }
            }
        }
        for (feature, found) in distinct {
            guard found.count < Self.mostThresholds else { return nil }
            keys[feature] = found.sorted()
        }
        var used: [Int: Set<Column>] = [:]
        for tree in trees {
            for branch in tree.branches {
                let column = Column(source: branch.column, stretch: position(of: branch) / Self.stretch)
                used[sources[Int(branch.column) - 1].feature, default: []].insert(column)
            }
        }
        for feature in used.keys.sorted() {
            let columns = (used[feature] ?? []).sorted { ($0.stretch, $0.source) < ($1.stretch, $1.source) }
            append(feature, columns)
            guard bases.count <= Self.mostColumns else { return nil }
        }
    }

    /// The column that a branch looks at and the largest rank that goes to its smaller side.
    func test(_ branch: SmallTree.Branch) -> (column: Int, rank: UInt8) {
        if branch.key == .max {
            // A test for a missing value, which has the rank above all others.
            return (numbers[Column(source: branch.column, stretch: 0)] ?? 0, UInt8(Self.stretch))
        }
        let position = position(of: branch)
        return (
            numbers[Column(source: branch.column, stretch: position / Self.stretch)] ?? 0,
            UInt8(truncatingIfNeeded: position % Self.stretch)
        )
    }

    private func position(of branch: SmallTree.Branch) -> Int {
        guard branch.key != .max, let keys = keys[sources[Int(branch.column) - 1].feature] else { return 0 }
        var range = 0..<keys.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if keys[middle] < branch.key { range = (middle + 1)..<range.upperBound } else { range = range.lowerBound..<middle }
        }
        return range.lowerBound
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
            numbers[column] = bases.count
            bases.append(UInt16(truncatingIfNeeded: column.stretch * Self.stretch))
            missing.append(sources[Int(column.source) - 1].missingIsHigh ? 255 : 0)
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
