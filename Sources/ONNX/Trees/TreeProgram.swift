/// An ensemble reduced to one kind of branch: is the column's key at least the branch's key?
///
/// All comparisons of ONNX come down to that one, exactly: `x <= t` is `x < t'` with the next number after `t`, `x == t` is two of them, a
/// set is a search among its borders, and where a missing value goes is a matter of the column (see ``TreeNumber``). The two children of a
/// branch are neighbours, so a step of a walk is one comparison and one addition. A leaf is a branch that leads to itself; its key carries
/// what the leaf adds.
struct TreeProgram<Number: TreeNumber>: Sendable {
    struct Record: Sendable {
        var key: Number.Key
        var column: UInt32
        /// The child for a smaller key, counted from the tree's start; its neighbour is the other.
        var left: UInt32
    }

    /// What a row is compared by: a feature, with NaN above or below all numbers.
    struct Column: Hashable, Sendable {
        let feature: Int
        let missingIsHigh: Bool
    }

    private(set) var records: [Record] = []
    /// Where each tree's records start, and the end.
    private(set) var starts: [Int] = [0]
    /// The steps from the root to the farthest leaf.
    let depths: [Int]
    /// The columns of a prepared row, from the second on.
    private(set) var columns: [Column] = []
    let leaves: TreeLeaves<Number>

    /// The first column of a prepared row is smaller than every key of a leaf, so that leaves lead to themselves.
    static var constantColumn: UInt32 { 0 }
    static var constantKey: Number.Key { .min }

    private let ensemble: TreeEnsemble
    private let mayMeetAgain: Bool
    /// The numbers of the columns of small features, two for each, and of the others; 0 is none yet.
    private var smallNumbers = [UInt32](repeating: 0, count: 2 * mostSmallFeatures)
    private var columnNumbers: [Column: UInt32] = [:]
    private static var mostSmallFeatures: Int { 1024 }

    init(_ ensemble: TreeEnsemble, _ leaves: TreeLeaves<Number>) throws {
        self.ensemble = ensemble
        self.leaves = leaves
        mayMeetAgain = Self.mayMeetAgain(ensemble)
        // Where no branch becomes several, the ensemble's depths are the records' too.
        depths =
            mayMeetAgain
            ? try TreeEnsemble.depths(ensemble.nodes, roots: ensemble.roots) { Self.cost($0, ensemble) } : ensemble.depths
        records.reserveCapacity(ensemble.nodes.count)
        var layout = Layout()
        for root in ensemble.roots { try append(root, &layout) }
    }

    /// A record that is still to be written.
    private struct Item {
        let node: Int32
        /// The borders among which to go on searching; empty for a node that nothing is known of yet.
        var borders = 0..<0
        /// The comparison's truth below the first of them.
        var isTrue = false
    }

    /// The state of laying out one tree.
    private struct Layout {
        var pending: [Item] = []
        /// The records of nodes that may be led to again: another record of such a node shares its children, so that no node is laid out
        /// twice, however many ways there are to it.
        var placed: [Int32: Record] = [:]
        var comparisons: [Int32: Comparison<Number>] = [:]
    }

    private mutating func append(_ root: Int, _ layout: inout Layout) throws {
        let start = records.count
        layout.pending.removeAll(keepingCapacity: true)
        layout.placed.removeAll()
        layout.comparisons.removeAll()
        layout.pending.append(Item(node: Int32(root)))
        records.append(Record(key: 0, column: 0, left: 0))
        var next = 0
        while next < layout.pending.count {
            let item = layout.pending[next]
            records[start + next] = item.borders.isEmpty ? node(item.node, at: next, &layout) : search(item, &layout)
            next += 1
            guard next < Int(Int32.max) else { throw TreeEnsemble.invalid("a tree has more than \(Int32.max) nodes") }
        }
        starts.append(records.count)
    }

    /// The record of a node that nothing is known of yet.
    private mutating func node(_ first: Int32, at slot: Int, _ layout: inout Layout) -> Record {
        var index = first
        while true {
            let node = ensemble.nodes[Int(index)]
            if node.isLeaf { return Record(key: leaves.key(node, index), column: Self.constantColumn, left: UInt32(slot)) }
            if mayMeetAgain, let placed = layout.placed[index] { return placed }
            let threshold = Number.threshold(ensemble, Int(index))
            let record: Record
            switch node.mode {
            case .less where !threshold.isNaN, .lessOrEqual where !threshold.isNaN:
                record = branch(
                    Column(feature: node.feature, missingIsHigh: !node.missingGoesYes), threshold.orderedKey + (node.mode == .less ? 0 : 1),
                    less: node.yes, notLess: node.no, &layout)
            case .greater where !threshold.isNaN, .greaterOrEqual where !threshold.isNaN:
                record = branch(
                    Column(feature: node.feature, missingIsHigh: node.missingGoesYes),
                    threshold.orderedKey + (node.mode == .greater ? 1 : 0), less: node.no, notLess: node.yes, &layout)
            default:
                let comparison = comparison(index)
                guard !comparison.borders.isEmpty || comparison.missingIsTrue != comparison.startsTrue else {
                    // Always the same answer: the branch is left out.
                    index = comparison.startsTrue ? node.yes : node.no
                    continue
                }
                layout.comparisons[index] = comparison
                let all = Item(node: index, borders: 0..<comparison.borders.count, isTrue: comparison.startsTrue)
                record = comparison.missing == .own || all.borders.isEmpty ? testMissing(all, comparison, &layout) : search(all, &layout)
            }
            if mayMeetAgain { layout.placed[index] = record }
            return record
        }
    }

    private func comparison(_ index: Int32) -> Comparison<Number> {
        Comparison(ensemble.nodes[Int(index)], threshold: Number.threshold(ensemble, Int(index)), ensemble)
    }

    /// A branch with two nodes below it, which are written later.
    private mutating func branch(_ column: Column, _ key: Number.Key, less: Int32, notLess: Int32, _ layout: inout Layout) -> Record {
        Record(key: key, column: number(column), left: addChildren(Item(node: less), Item(node: notLess), &layout))
    }

    /// A test for NaN, which is the only key that high; all other values go on to the borders.
    private mutating func testMissing(_ item: Item, _ comparison: Comparison<Number>, _ layout: inout Layout) -> Record {
        let node = ensemble.nodes[Int(item.node)]
        let others = item.borders.isEmpty ? Item(node: item.isTrue ? node.yes : node.no) : item
        let left = addChildren(others, Item(node: comparison.missingIsTrue ? node.yes : node.no), &layout)
        return Record(key: .max, column: number(Column(feature: node.feature, missingIsHigh: true)), left: left)
    }

    /// A branch at the middle border.
    private mutating func search(_ item: Item, _ layout: inout Layout) -> Record {
        let node = ensemble.nodes[Int(item.node)]
        let comparison = layout.comparisons[item.node] ?? comparison(item.node)
        let middle = item.borders.lowerBound + item.borders.count / 2
        func side(_ borders: Range<Int>, isTrue: Bool) -> Item {
            borders.isEmpty ? Item(node: isTrue ? node.yes : node.no) : Item(node: item.node, borders: borders, isTrue: isTrue)
        }
        // The truth flips at each border up to the middle one.
        let truthAbove = item.isTrue != ((middle - item.borders.lowerBound) % 2 == 0)
        let left = addChildren(
            side(item.borders.lowerBound..<middle, isTrue: item.isTrue), side((middle + 1)..<item.borders.upperBound, isTrue: truthAbove),
            &layout)
        let column = Column(feature: node.feature, missingIsHigh: comparison.missing != .low)
        return Record(key: comparison.borders[middle], column: number(column), left: left)
    }

    private mutating func addChildren(_ less: Item, _ notLess: Item, _ layout: inout Layout) -> UInt32 {
        let left = UInt32(truncatingIfNeeded: layout.pending.count)
        layout.pending.append(less)
        layout.pending.append(notLess)
        records.append(Record(key: 0, column: 0, left: 0))
        records.append(Record(key: 0, column: 0, left: 0))
        return left
    }

    @inline(__always)
    private mutating func number(_ column: Column) -> UInt32 {
        // Asked for each of millions of branches: a table spares the hashing.
        guard column.feature < Self.mostSmallFeatures else {
            if let known = columnNumbers[column] { return known }
            columns.append(column)
            columnNumbers[column] = UInt32(columns.count)
            return UInt32(columns.count)
        }
        let place = 2 * column.feature + (column.missingIsHigh ? 1 : 0)
        if smallNumbers[place] == 0 {
            columns.append(column)
            smallNumbers[place] = UInt32(columns.count)
        }
        return smallNumbers[place]
    }

    /// The most records that lie on a path through a branch.
    private static func cost(_ node: TreeEnsemble.StoredNode, _ ensemble: TreeEnsemble) -> Int32 {
        switch node.mode {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return 1
        case .equal, .notEqual: return 3
        case .member:
            let borders = 2 * ensemble.sets[Int(node.threshold.bitPattern)].count
            return Int32(truncatingIfNeeded: 1 + Int.bitWidth - borders.leadingZeroBitCount)
        }
    }

    /// Whether a node can be come to in several ways: because several branches lead to it, or because a branch becomes several.
    private static func mayMeetAgain(_ ensemble: TreeEnsemble) -> Bool {
        var isChild = [Bool](repeating: false, count: ensemble.nodes.count)
        for node in ensemble.nodes where !node.isLeaf {
            if node.mode == .equal || node.mode == .notEqual || node.mode == .member { return true }
            for child in [Int(node.yes), Int(node.no)] {
                if isChild[child] { return true }
                isChild[child] = true
            }
        }
        return false
    }
}
