/// One tree of a ``TreeProgram`` with up to 64 leaves, with the places that its branches and leaves get in the kernels' tables.
struct SmallTree {
    struct Branch {
        let column: UInt32
        let key: Int32
        /// Children below 0 are leaves: -1 is the first one from the left, -2 the second.
        var less: Int
        var notLess: Int
        /// The leaves under `less`, and the leaves further to the left.
        var leavesLess = 0
        var firstLeaf = 0
        var depth = 0
        /// The key's place among those that its feature is compared with; `RankTable` finds it.
        var position = 0
    }

    static let mostLeaves = 64

    /// The branches, level by level from the root.
    private(set) var branches: [Branch] = []

    mutating func setPositions(_ positions: ArraySlice<Int32>) {
        for (branch, position) in zip(branches.indices, positions) { branches[branch].position = Int(position) }
    }

    /// The key of each leaf, from the left.
    private(set) var leaves: [Int32] = []

    var depth: Int { branches.last.map { $0.depth + 1 } ?? 0 }

    /// Nil where the tree has too many leaves.
    init?(_ program: TreeProgram<Float>, tree: Int) {
        let records = program.records[program.starts[tree]..<program.starts[tree + 1]]
        var queue = [0]
        var next = 0
        // Level by level: a child's number is known when its parent is looked at.
        while next < queue.count {
            let index = queue[next]
            next += 1
            let record = records[records.startIndex + index]
            guard record.left != UInt32(index) else { continue }
            guard branches.count < Self.mostLeaves - 1 else { return nil }
            branches.append(Branch(column: record.column, key: record.key, less: Int(record.left), notLess: Int(record.left) + 1))
            queue.append(Int(record.left))
            queue.append(Int(record.left) + 1)
        }
        // What was put into the queue after the root comes in pairs, one for each branch; branches get numbers in the queue's order.
        var number = 0
        var numbers: [Int?] = []
        for index in queue {
            let isLeaf = records[records.startIndex + index].left == UInt32(index)
            numbers.append(isLeaf ? nil : number)
            if !isLeaf { number += 1 }
        }
        var keys: [Int32] = queue.map { records[records.startIndex + $0].key }
        for index in branches.indices {
            branches[index].less = numbers[1 + 2 * index] ?? -(2 + 2 * index)
            branches[index].notLess = numbers[2 + 2 * index] ?? -(3 + 2 * index)
            for child in [branches[index].less, branches[index].notLess] where child >= 0 {
                branches[child].depth = branches[index].depth + 1
            }
        }
        if branches.isEmpty {
            leaves = [keys[0]]
        } else {
            numberLeaves(0, &keys)
        }
    }

    /// Numbers the leaves under a branch from the left; `keys` are those of the queue, whose places the leaves still have.
    private mutating func numberLeaves(_ index: Int, _ keys: inout [Int32]) {
        branches[index].firstLeaf = leaves.count
        if branches[index].less < 0 {
            let key = keys[-branches[index].less - 1]
            leaves.append(key)
            branches[index].less = -leaves.count
        } else {
            numberLeaves(branches[index].less, &keys)
        }
        branches[index].leavesLess = leaves.count - branches[index].firstLeaf
        if branches[index].notLess < 0 {
            let key = keys[-branches[index].notLess - 1]
            leaves.append(key)
            branches[index].notLess = -leaves.count
        } else {
            numberLeaves(branches[index].notLess, &keys)
        }
    }
}
