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

    /// Room for laying trees out, one after the other.
    struct Space {
        /// The records of a tree level by level, and for each of them the number of the branch that it is; -1 for a leaf.
        fileprivate var queue: [UInt32] = []
        fileprivate var numbers: [Int] = []
        fileprivate var keys: [Int32] = []
    }

    /// Nil where the tree has too many leaves.
    init?(_ records: UnsafeBufferPointer<TreeProgram<Float>.Record>, _ space: inout Space) {
        space.queue.removeAll(keepingCapacity: true)
        space.numbers.removeAll(keepingCapacity: true)
        space.keys.removeAll(keepingCapacity: true)
        space.queue.append(0)
        branches.reserveCapacity(records.count / 2)
        var next = 0
        // Level by level: what is put into the queue after the root comes in pairs, one for each branch, and branches get numbers in the
        // queue's order.
        while next < space.queue.count {
            let index = space.queue[next]
            next += 1
            let record = records[Int(index)]
            space.keys.append(record.key)
            guard record.left != index else {
                space.numbers.append(-1)
                continue
            }
            guard branches.count < Self.mostLeaves - 1 else { return nil }
            space.numbers.append(branches.count)
            branches.append(Branch(column: record.column, key: record.key, less: 0, notLess: 0))
            space.queue.append(record.left)
            space.queue.append(record.left + 1)
        }
        guard !branches.isEmpty else {
            leaves = [space.keys[0]]
            return
        }
        for index in branches.indices {
            let (less, notLess) = (space.numbers[1 + 2 * index], space.numbers[2 + 2 * index])
            branches[index].less = less >= 0 ? less : -(2 + 2 * index)
            branches[index].notLess = notLess >= 0 ? notLess : -(3 + 2 * index)
            let depth = branches[index].depth + 1
            if less >= 0 { branches[less].depth = depth }
            if notLess >= 0 { branches[notLess].depth = depth }
        }
        leaves.reserveCapacity(branches.count + 1)
        numberLeaves(0, space.keys)
    }

    /// Numbers the leaves under a branch from the left; `keys` are those of the queue, whose places the leaves still have.
    private mutating func numberLeaves(_ index: Int, _ keys: [Int32]) {
        branches[index].firstLeaf = leaves.count
        if branches[index].less < 0 {
            let key = keys[-branches[index].less - 1]
            leaves.append(key)
            branches[index].less = -leaves.count
        } else {
            numberLeaves(branches[index].less, keys)
        }
        branches[index].leavesLess = leaves.count - branches[index].firstLeaf
        if branches[index].notLess < 0 {
            let key = keys[-branches[index].notLess - 1]
            leaves.append(key)
            branches[index].notLess = -leaves.count
        } else {
            numberLeaves(branches[index].notLess, keys)
        }
    }
}
