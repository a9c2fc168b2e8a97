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
    private let mayShareNodes: Bool
    private var columnNumbers: [Column: UInt32] = [:]

    init(_ ensemble: TreeEnsemble) throws {
        self.ensemble = ensemble
        leaves = TreeLeaves(ensemble)
        mayShareNodes = Self.sharesNodes(ensemble)
        depths = try TreeEnsemble.depths(ensemble.nodes, roots: ensemble.roots) { Self.cost($0, ensemble) }
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
        /// Where a node's children already are: a node that several branches lead to has several records, but one pair of children.
        var children: [Int32: UInt32] = [:]
        var comparisons: [Int32: Comparison<Number>] = [:]
    }

    private mutating func append(_ root: Int, _ layout: inout Layout) throws {
        let start = records.count
        layout.pending.removeAll(keepingCapacity: true)
        layout.children.removeAll()
        layout.comparisons.removeAll()
        layout.pending.append(Item(node: Int32(root)))
        records.append(Record(key: 0, column: 0, left: 0))
        var next = 0
        while next < layout.pending.count {
            place(layout.pending[next], at: next, start, &layout)
            next += 1
            guard next < Int(Int32.max) else { throw TreeEnsemble.invalid("a tree has more than \(Int32.max) nodes") }
        }
        starts.append(records.count)
    }

    private mutating func place(_ item: Item, at slot: Int, _ start: Int, _ layout: inout Layout) {
        guard item.borders.isEmpty else {
            let comparison = layout.comparisons[item.node] ?? comparison(item.node)
            search(item, comparison, at: slot, start, &layout)
            return
        }
        var index = item.node
        while true {
            let node = ensemble.nodes[Int(index)]
            if node.isLeaf {
                records[start + slot] = Record(key: leaves.key(node, index), column: Self.constantColumn, left: UInt32(slot))
                return
            }
            let threshold = Number.threshold(ensemble, Int(index))
            switch node.mode {
            case .less where !threshold.isNaN, .lessOrEqual where !threshold.isNaN:
                branch(
                    index, Column(feature: node.feature, missingIsHigh: !node.missingGoesYes),
                    threshold.orderedKey + (node.mode == .less ? 0 : 1),
                    less: node.yes, notLess: node.no, at: slot, start, &layout)
                return
            case .greater where !threshold.isNaN, .greaterOrEqual where !threshold.isNaN:
                branch(
                    index, Column(feature: node.feature, missingIsHigh: node.missingGoesYes),
                    threshold.orderedKey + (node.mode == .greater ? 1 : 0), less: node.no, notLess: node.yes, at: slot, start, &layout)
                return
            default:
                let comparison = comparison(index)
                guard comparison.borders.isEmpty, comparison.missingIsTrue == comparison.startsTrue else {
                    layout.comparisons[index] = comparison
                    let all = Item(node: index, borders: 0..<comparison.borders.count, isTrue: comparison.startsTrue)
                    if comparison.missing == .own || comparison.borders.isEmpty {
                        testMissing(all, comparison, at: slot, start, &layout)
                    } else {
                        search(all, comparison, at: slot, start, &layout)
                    }
                    return
                }
                // Always the same answer: the branch is left out.
                index = comparison.startsTrue ? node.yes : node.no
            }
        }
    }

    private func comparison(_ index: Int32) -> Comparison<Number> {
        Comparison(ensemble.nodes[Int(index)], threshold: Number.threshold(ensemble, Int(index)), ensemble)
    }

    /// Writes a branch of two nodes; its children are written later, unless another record has them already.
    private mutating func branch(
        _ index: Int32, _ column: Column, _ key: Number.Key, less: Int32, notLess: Int32, at slot: Int, _ start: Int, _ layout: inout Layout
    ) {
        let known = mayShareNodes ? layout.children[index] : nil
        let left = known ?? UInt32(layout.pending.count)
        records[start + slot] = Record(key: key, column: number(column), left: left)
        guard known == nil else { return }
        if mayShareNodes { layout.children[index] = left }
        addChildren(Item(node: less), Item(node: notLess), &layout)
    }

    /// Writes a test for NaN, which is the only key that high; all other values go on to the borders.
    private mutating func testMissing(_ item: Item, _ comparison: Comparison<Number>, at slot: Int, _ start: Int, _ layout: inout Layout) {
        let node = ensemble.nodes[Int(item.node)]
        records[start + slot] = Record(
            key: .max, column: number(Column(feature: node.feature, missingIsHigh: true)), left: UInt32(layout.pending.count))
        let others = item.borders.isEmpty ? Item(node: item.isTrue ? node.yes : node.no) : item
        addChildren(others, Item(node: comparison.missingIsTrue ? node.yes : node.no), &layout)
    }

    /// Writes a branch at the middle border.
    private mutating func search(_ item: Item, _ comparison: Comparison<Number>, at slot: Int, _ start: Int, _ layout: inout Layout) {
        let node = ensemble.nodes[Int(item.node)]
        let middle = item.borders.lowerBound + item.borders.count / 2
        let column = Column(feature: node.feature, missingIsHigh: comparison.missing != .low)
        records[start + slot] = Record(key: comparison.borders[middle], column: number(column), left: UInt32(layout.pending.count))
        func side(_ borders: Range<Int>, isTrue: Bool) -> Item {
            borders.isEmpty ? Item(node: isTrue ? node.yes : node.no) : Item(node: item.node, borders: borders, isTrue: isTrue)
        }
        // The truth flips at each border up to the middle one.
        let truthAbove = item.isTrue != ((middle - item.borders.lowerBound) % 2 == 0)
        addChildren(
            side(item.borders.lowerBound..<middle, isTrue: item.isTrue), side((middle + 1)..<item.borders.upperBound, isTrue: truthAbove),
            &layout)
    }

    private mutating func addChildren(_ less: Item, _ notLess: Item, _ layout: inout Layout) {
        layout.pending.append(less)
        layout.pending.append(notLess)
        records.append(Record(key: 0, column: 0, left: 0))
        records.append(Record(key: 0, column: 0, left: 0))
    }

    private mutating func number(_ column: Column) -> UInt32 {
        if let known = columnNumbers[column] { return known }
        columns.append(column)
        columnNumbers[column] = UInt32(columns.count)
        return UInt32(columns.count)
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

    private static func sharesNodes(_ ensemble: TreeEnsemble) -> Bool {
        var isChild = [Bool](repeating: false, count: ensemble.nodes.count)
        for node in ensemble.nodes where !node.isLeaf {
            for child in [Int(node.yes), Int(node.no)] {
                if isChild[child] { return true }
                isChild[child] = true
            }
        }
        return false
    }
}
