internal import CONNXKernels

/// A ``TreeProgram`` laid out for the kernels that walk it, many rows down one tree or one row down many trees.
///
/// A walk is a chain of dependent loads; eight chains at once keep the processor busy while each of them waits. Both ways add in the order of
/// the trees: a row's sums are the same to the last bit whichever way it came.
final class Forest<Number: TreeNumber>: @unchecked Sendable {
    // The kernels' description points into the other buffers; nothing is written after `init`, which is why tasks may share a forest.
    private let description: AlignedBuffer<onnx_forest>
    private let nodes: Number.Nodes
    private let starts: AlignedBuffer<Int64>
    private let depths: AlignedBuffer<Int32>
    private let features: AlignedBuffer<Int32>
    private let missing: AlignedBuffer<Number.Key>
    private let outputs: AlignedBuffer<Int32>?
    private let lines: AlignedBuffer<Number>?
    private let outputCount: Int
    /// Only where the leaves are in neither of the kernels' forms: they keep the ensemble as it was read.
    private let leaves: TreeLeaves<Number>?

    init(_ program: TreeProgram<Number>) {
        nodes = Number.Nodes(program)
        starts = AlignedBuffer(program.starts.map { Int64($0) }, filler: 0)
        depths = AlignedBuffer(program.depths.map { Int32(truncatingIfNeeded: $0) }, filler: 0)
        features = AlignedBuffer(program.columns.map { Int32(truncatingIfNeeded: $0.feature) }, filler: 0)
        missing = AlignedBuffer(program.columns.map { $0.missingIsHigh ? .max : .min }, filler: 0)
        let leaves = program.leaves
        if case .some = leaves.form { self.leaves = leaves } else { self.leaves = nil }
        outputCount = leaves.outputCount
        outputs = if case .one(let outputs) = leaves.form { AlignedBuffer(outputs, filler: 0) } else { nil }
        lines = if case .all = leaves.form { AlignedBuffer(leaves.weights, filler: 0) } else { nil }
        let sameOutput =
            if case .one(let outputs) = leaves.form { !outputs.isEmpty && outputs.allSatisfy { $0 == outputs[0] } } else { false }
        let forest = onnx_forest(
            nodes: nodes.address, starts: starts.pointer, depths: depths.pointer, trees: Int64(program.depths.count),
            features: features.pointer,
            missing: missing.pointer, columns: Int64(program.columns.count), outputs: Int64(leaves.outputCount), output: outputs?.pointer,
            sameOutput: sameOutput ? 1 : 0, weights: lines?.pointer)
        description = AlignedBuffer(repeating: forest, count: 1)
    }

    private var lineCount: Int { Int(description.pointer.pointee.columns) + 1 }
    private var treeCount: Int { Int(description.pointer.pointee.trees) }

    /// The keys that a block of rows needs, and behind them those of one row's leaves.
    var scratchCount: Int { Int(ONNX_BLOCK) * lineCount + treeCount }

    /// The bytes that the trees take.
    var byteCount: Int { nodes.byteCount }

    /// Writes the sums of some rows, `outputCount` for each.
    func sum(
        rows: UnsafePointer<Number>, columns: Int, count: Int, into sums: UnsafeMutablePointer<Number>,
        keys: UnsafeMutablePointer<Number.Key>
    ) {
        sums.update(repeating: 0, count: count * outputCount)
        var row = 0
        while row < count {
            let block = min(Int(ONNX_BLOCK), count - row)
            Number.prepare(description.pointer, rows + row * columns, columns, block, keys)
            let target = sums + row * outputCount
            // The kernel takes eight rows at once; what is left over goes one by one. Leaves of differing outputs always do.
            let inEights = outputs == nil && lines == nil ? 0 : block & ~7
            if inEights > 0 { nodes.walk(description.pointer, keys, inEights, target) }
            for index in inEights..<block { sumOne(keys + index, target + index * outputCount, keys + Int(ONNX_BLOCK) * lineCount) }
            row += block
        }
    }

    private func sumOne(_ keys: UnsafePointer<Number.Key>, _ sums: UnsafeMutablePointer<Number>, _ found: UnsafeMutablePointer<Number.Key>)
    {
        nodes.find(description.pointer, keys, found)
        if outputs != nil || lines != nil {
            nodes.add(description.pointer, found, sums)
        } else if let leaves {
            leaves.weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                for tree in 0..<treeCount { leaves.add(found[tree], to: sums, weights) }
            }
        }
    }
}

/// Nodes in the layout of a kernel.
protocol ForestNodes: Sendable {
    associatedtype Number: TreeNumber

    init(_ program: TreeProgram<Number>)
    var address: UnsafeRawPointer { get }
    var byteCount: Int { get }
    func walk(
        _ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Number.Key>, _ count: Int, _ sums: UnsafeMutablePointer<Number>)
    func find(_ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Number.Key>, _ found: UnsafeMutablePointer<Number.Key>)
    func add(_ forest: UnsafePointer<onnx_forest>, _ found: UnsafePointer<Number.Key>, _ sums: UnsafeMutablePointer<Number>)
}

/// Eight bytes for a node where all trees have up to 65,536 of them, which is nearly always; twelve where not.
enum FloatNodes: ForestNodes {
    case narrow(AlignedBuffer<onnx_node>)
    case wide(AlignedBuffer<onnx_node_wide>)

    init(_ program: TreeProgram<Float>) {
        let unit = UInt32(ONNX_UNIT)
        let isNarrow =
            program.columns.count <= Int(UInt16.max) / Int(unit)
            && zip(program.starts.dropFirst(), program.starts).allSatisfy { $0 - $1 <= Int(UInt16.max) + 1 }
        if isNarrow {
            let nodes = AlignedBuffer(repeating: onnx_node(key: 0, column: 0, left: 0), count: program.records.count)
            for (index, record) in program.records.enumerated() {
                nodes.pointer[index] = onnx_node(
                    key: record.key, column: UInt16(truncatingIfNeeded: record.column * unit), left: UInt16(truncatingIfNeeded: record.left)
                )
            }
            self = .narrow(nodes)
        } else {
            let nodes = AlignedBuffer(repeating: onnx_node_wide(key: 0, column: 0, left: 0), count: program.records.count)
            for (index, record) in program.records.enumerated() {
                nodes.pointer[index] = onnx_node_wide(key: record.key, column: record.column &* unit, left: record.left)
            }
            self = .wide(nodes)
        }
    }

    var address: UnsafeRawPointer {
        switch self {
        case .narrow(let nodes): UnsafeRawPointer(nodes.pointer)
        case .wide(let nodes): UnsafeRawPointer(nodes.pointer)
        }
    }

    var byteCount: Int {
        switch self {
        case .narrow(let nodes): nodes.count * MemoryLayout<onnx_node>.stride
        case .wide(let nodes): nodes.count * MemoryLayout<onnx_node_wide>.stride
        }
    }

    func walk(_ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Int32>, _ count: Int, _ sums: UnsafeMutablePointer<Float>) {
        switch self {
        case .narrow: onnx_walk(forest, keys, Int64(count), sums)
        case .wide: onnx_walk_wide(forest, keys, Int64(count), sums)
        }
    }

    func find(_ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Int32>, _ found: UnsafeMutablePointer<Int32>) {
        switch self {
        case .narrow: onnx_find(forest, keys, found)
        case .wide: onnx_find_wide(forest, keys, found)
        }
    }

    func add(_ forest: UnsafePointer<onnx_forest>, _ found: UnsafePointer<Int32>, _ sums: UnsafeMutablePointer<Float>) {
        switch self {
        case .narrow: onnx_add(forest, found, sums)
        case .wide: onnx_add_wide(forest, found, sums)
        }
    }
}

struct DoubleNodes: ForestNodes {
    private let nodes: AlignedBuffer<onnx_node_double>

    init(_ program: TreeProgram<Double>) {
        nodes = AlignedBuffer(repeating: onnx_node_double(key: 0, column: 0, left: 0), count: program.records.count)
        for (index, record) in program.records.enumerated() {
            nodes.pointer[index] = onnx_node_double(key: record.key, column: record.column &* UInt32(2 * ONNX_UNIT), left: record.left)
        }
    }

    var address: UnsafeRawPointer { UnsafeRawPointer(nodes.pointer) }
    var byteCount: Int { nodes.count * MemoryLayout<onnx_node_double>.stride }

    func walk(_ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Int64>, _ count: Int, _ sums: UnsafeMutablePointer<Double>) {
        onnx_walk_double(forest, keys, Int64(count), sums)
    }

    func find(_ forest: UnsafePointer<onnx_forest>, _ keys: UnsafePointer<Int64>, _ found: UnsafeMutablePointer<Int64>) {
        onnx_find_double(forest, keys, found)
    }

    func add(_ forest: UnsafePointer<onnx_forest>, _ found: UnsafePointer<Int64>, _ sums: UnsafeMutablePointer<Double>) {
        onnx_add_double(forest, found, sums)
    }
}
