internal import CONNXKernels

/// An ensemble of trees of up to 64 leaves, laid out for the vector kernels.
///
/// Rows are turned into ranks of one byte, and a kernel answers a branch for 64 rows with one comparison, whichever of the rows get to it;
/// a row's leaf is the number of leaves to the left of where it went. For one row the roles are exchanged: a lane is a tree, or a branch.
final class SmallTrees: @unchecked Sendable {
    enum Level: Int32, Sendable, Comparable {
        case none = 0
        case avx2 = 2
        case avx512 = 3

        static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }

        /// What this processor can do.
        static let best = Level(rawValue: onnx_simd()) ?? Level.none
    }

    // The kernels' description points into the buffers; nothing is written after `init`, which is why tasks may share it.
    private let description: AlignedBuffer<onnx_small>
    private let kernel: UnsafeMutablePointer<onnx_small>
    private let buffers: SmallTreeBuffers
    private let level: Level
    /// The model's output of each of the kernels' sums.
    private let outputs: [Int]
    private let columnCount: Int
    private let treeCount: Int
    /// Whether one row has a kernel of its own.
    let hasRowKernel: Bool
    /// Up to how many rows are faster one by one than as a block of 64.
    private let fewRows: Int

    private static let largestBlocks = 4

    /// Nil where the trees do not fit, or would take much more space than they need.
    init?(_ program: TreeProgram<Float>, level: Level) {
        guard level > .none else { return nil }
        guard var trees = Self.trees(program) else { return nil }
        let leafCount = trees.reduce(0) { $0 + $1.leaves.count }
        // Tables have room for 64 leaves; of stumps, nearly all of it would be empty.
        guard !trees.isEmpty, leafCount >= trees.count * 10 || trees.count <= 512 else { return nil }
        guard let ranks = RankTable(program, &trees) else { return nil }
        guard let leaves = SmallTreeLeaves(program.leaves, trees) else { return nil }
        let canRow = level == .avx512 && ranks.columnCount <= 128
        let inGroups = canRow && trees.allSatisfy { $0.depth <= 6 }
        let buffers = SmallTreeBuffers(trees, ranks, leaves, row: canRow ? (inGroups ? .groups : .lines) : .none)
        self.buffers = buffers
        self.level = level
        outputs = leaves.outputs
        columnCount = ranks.columnCount
        treeCount = trees.count
        hasRowKernel = canRow
        fewRows = inGroups ? 40 : canRow ? 16 : 8
        description = AlignedBuffer(repeating: buffers.description, count: 1)
        kernel = description.pointer
    }

    /// The trees, laid out in several threads where there are many of them; nil where one has too many leaves.
    private static func trees(_ program: TreeProgram<Float>) -> [SmallTree]? {
        program.records.withUnsafeBufferPointer { records in
            let parts = Threads.map(program.depths.count, workPerItem: records.count / max(program.depths.count, 1)) { range in
                var space = SmallTree.Space()
                var trees: [SmallTree] = []
                trees.reserveCapacity(range.count)
                for tree in range {
                    let own = UnsafeBufferPointer(rebasing: records[program.starts[tree]..<program.starts[tree + 1]])
                    guard let small = SmallTree(own, &space) else { break }
                    trees.append(small)
                }
                return trees
            }
            let trees = parts.count == 1 ? parts[0] : parts.flatMap(\.self)
            return trees.count == program.depths.count ? trees : nil
        }
    }

    /// Bytes and floats of scratch space.
    var scratchBytes: Int { Self.largestBlocks * columnCount * 64 + (treeCount + 63) / 64 * 64 + 64 }
    var scratchFloats: Int { Self.largestBlocks * outputs.count * 64 }
    var byteCount: Int { buffers.byteCount }
    var levelName: String { level == .avx512 ? "AVX-512" : "AVX2" }

    /// Writes the sums of rows, `width` for each, and gives the number of rows that it has done: a few at the end may be left, where one row
    /// has no kernel.
    func sum(
        rows: UnsafePointer<Float>, columns: Int, count: Int, width: Int, into sums: UnsafeMutablePointer<Float>,
        bytes: UnsafeMutablePointer<UInt8>, floats: UnsafeMutablePointer<Float>
    ) -> Int {
        // Kernels load whole cache lines of ranks.
        let ranks = bytes + (64 - Int(UInt(bitPattern: bytes) % 64)) % 64
        let leaves = ranks + Self.largestBlocks * columnCount * 64
        if width > outputs.count { sums.update(repeating: 0, count: count * width) }
        var row = 0
        while count - row > fewRows {
            let block = min(Self.largestBlocks * 64, count - row)
            // A few rows behind the last whole block are left for later.
            let rest = block % 64
            let used = rest > 0 && rest <= fewRows && block > 64 ? block - rest : block
            sumBlocks(rows + row * columns, columns, used, width, sums + row * width, ranks, floats)
            row += used
        }
        guard hasRowKernel else { return row }
        while row < count {
            onnx_row_avx512(kernel, rows + row * columns, leaves, floats)
            scatter(floats, distance: 1, 1, sums + row * width, width)
            row += 1
        }
        return row
    }

    private func sumBlocks(
        _ rows: UnsafePointer<Float>, _ columns: Int, _ count: Int, _ width: Int, _ sums: UnsafeMutablePointer<Float>,
        _ ranks: UnsafeMutablePointer<UInt8>, _ floats: UnsafeMutablePointer<Float>
    ) {
        let blocks = (count + 63) / 64
        for block in 0..<blocks {
            let inBlock = min(64, count - block * 64)
            let source = rows + block * 64 * columns
            let target = ranks + block * columnCount * 64
            switch level {
            case .avx512: onnx_rank_avx512(kernel, source, Int64(columns), Int64(inBlock), target)
            case .avx2, .none: onnx_rank_avx2(kernel, source, Int64(columns), Int64(inBlock), target)
            }
        }
        floats.update(repeating: 0, count: blocks * outputs.count * 64)
        switch level {
        case .avx512: onnx_small_avx512(kernel, ranks, Int64(blocks), floats)
        case .avx2, .none: onnx_small_avx2(kernel, ranks, Int64(blocks), floats)
        }
        for block in 0..<blocks {
            scatter(floats + block * outputs.count * 64, distance: 64, min(64, count - block * 64), sums + block * 64 * width, width)
        }
    }

    /// Brings sums from lines of outputs to rows.
    @inline(__always)
    private func scatter(_ floats: UnsafePointer<Float>, distance: Int, _ count: Int, _ sums: UnsafeMutablePointer<Float>, _ width: Int) {
        for (line, output) in outputs.enumerated() {
            for row in 0..<count { sums[row * width + output] = floats[line * distance + row] }
        }
    }
}
