/// An ensemble compiled for predicting: the fastest form that its trees fit into.
final class TreeEngine<Number: TreeNumber>: Sendable {
    /// Space for one task's work.
    struct Scratch {
        fileprivate var keys: [Number.Key] = []
        fileprivate var scored: [Bool] = []
        fileprivate var bytes: [UInt8] = []
        fileprivate var floats: [Float] = []
    }

    /// The columns that a row needs at least.
    let featureCount: Int
    let output: EnsembleOutput
    // Each form has its own constant, and none is taken out of another value: that would count references in each call, and cores that
    // predict at once would wait for the count.
    /// Trees of up to 64 leaves in single precision.
    private let small: SmallTrees?
    /// The same, to be called without counting references, which cores that predict at once would wait for; `small` keeps it.
    private let uncounted: Unmanaged<SmallTrees>?
    /// All trees, or beside `small` what does single rows, where it has no kernel for them.
    private let forest: Forest<Number>?
    /// The trees as the file has them: for extremes in place of sums, and where what a leaf adds to depends on the row.
    private let stored: TreeWalker?
    private let scored: [Bool]

    /// - Parameter level: the instruction set that may be used; tests ask for less than the best.
    init(_ node: ONNXNode, level: SmallTrees.Level = .best) throws {
        let precision: TreeEnsemble.Precision = Number.self == Double.self ? .double : .float
        let ensemble = try TreeEnsemble(node, precision: precision)
        // The newest operator says the width of its thresholds itself, and it must be the input's.
        guard ensemble.precision == precision else {
            throw TreeEnsemble.invalid("the thresholds are not of the input's precision").located(node.place)
        }
        featureCount = ensemble.featureCount
        let task: EnsembleOutput.Task =
            node.operation == "TreeEnsembleClassifier"
            ? .classification(try ClassLabels(node, integers: "classlabels_int64s")) : .regression
        do {
            output = try EnsembleOutput(ensemble, task: task, transform: try PostTransform(node))
        } catch let error as ONNXError {
            throw error.located(node.place)
        }
        // Trees that share most nodes, and outputs that some rows add nothing to, are walked as they are stored.
        let leaves = TreeLeaves<Number>(ensemble)
        guard ensemble.aggregate == .sum || ensemble.aggregate == .average, !leaves.isShared, let flags = leaves.scored else {
            (small, uncounted, forest, stored, scored) = (nil, nil, nil, TreeWalker(ensemble: ensemble), [])
            return
        }
        scored = flags
        let program = try TreeProgram<Number>(ensemble, leaves)
        stored = nil
        small = (program as? TreeProgram<Float>).flatMap { SmallTrees($0, level: level) }
        uncounted = small.map(Unmanaged.passUnretained)
        forest = small?.hasRowKernel == true ? nil : Forest(program)
    }

    /// The layout in words, with its size.
    var formDescription: String {
        if let small { return "trees of up to 64 leaves in vectors (\(small.levelName)), \(small.byteCount) bytes" }
        return forest.map { "eight walks at a time, \($0.byteCount) bytes" } ?? "as the file has them"
    }

    func makeScratch() -> Scratch {
        Scratch(
            keys: [Number.Key](repeating: 0, count: forest?.scratchCount ?? 0), scored: [Bool](repeating: false, count: output.outputCount),
            bytes: [UInt8](repeating: 0, count: small?.scratchBytes ?? 0), floats: [Float](repeating: 0, count: small?.scratchFloats ?? 0))
    }

    /// Whether a scratch space is large enough; another engine's may not be.
    @inline(__always)
    func accepts(_ scratch: Scratch) -> Bool {
        scratch.keys.count >= forest?.scratchCount ?? 0 && scratch.scored.count >= output.outputCount
            && scratch.bytes.count >= small?.scratchBytes ?? 0 && scratch.floats.count >= small?.scratchFloats ?? 0
    }

    /// Predicts rows that are `columns` apart; the caller has seen to it that there are enough columns and enough space.
    func predict(
        rows: UnsafePointer<Number>, columns: Int, count: Int, into scores: UnsafeMutablePointer<Number>,
        classes: UnsafeMutablePointer<Int32>?,
        scratch: inout Scratch
    ) {
        let width = output.outputCount
        if let stored {
            scratch.scored.withUnsafeMutableBufferPointer { flags in
                guard let flags = flags.baseAddress else { return }
                for row in 0..<count {
                    stored.aggregate(rows + row * columns, into: scores + row * width, scored: flags)
                    let best = output.finish(UnsafeMutableBufferPointer(start: scores + row * width, count: width), scored: flags)
                    if let classes { classes[row] = best }
                }
            }
            return
        }
        let done = sumSmall(rows, columns, count, scores, &scratch)
        if done < count, let forest {
            scratch.keys.withUnsafeMutableBufferPointer { keys in
                guard let keys = keys.baseAddress else { return }
                forest.sum(rows: rows + done * columns, columns: columns, count: count - done, into: scores + done * width, keys: keys)
            }
        }
        scored.withUnsafeBufferPointer { flags in
            guard let flags = flags.baseAddress else { return }
            for row in 0..<count {
                let best = output.finish(UnsafeMutableBufferPointer(start: scores + row * width, count: width), scored: flags)
                if let classes { classes[row] = best }
            }
        }
    }

    /// Sums with the kernels for small trees; gives the number of rows that are done.
    @inline(__always)
    private func sumSmall(
        _ rows: UnsafePointer<Number>, _ columns: Int, _ count: Int, _ scores: UnsafeMutablePointer<Number>, _ scratch: inout Scratch
    ) -> Int {
        // Only an engine of single precision has this form.
        guard let uncounted, Number.self == Float.self else { return 0 }
        let rows = UnsafeRawPointer(rows).assumingMemoryBound(to: Float.self)
        let scores = UnsafeMutableRawPointer(scores).assumingMemoryBound(to: Float.self)
        return scratch.bytes.withUnsafeMutableBufferPointer { bytes in
            scratch.floats.withUnsafeMutableBufferPointer { floats in
                guard let bytes = bytes.baseAddress, let floats = floats.baseAddress else { return 0 }
                return uncounted._withUnsafeGuaranteedRef {
                    $0.sum(
                        rows: rows, columns: columns, count: count, width: output.outputCount, into: scores, bytes: bytes, floats: floats)
                }
            }
        }
    }

    /// Predicts a matrix into new arrays.
    func predict(_ values: [Number], _ shape: RowShape) throws -> (scores: [Number], classes: [Int32]) {
        guard shape.columns >= featureCount || shape.rows == 0 else {
            throw ONNXError(
                .invalidInput, "the trees read \(featureCount) columns, the rows have \(shape.columns)",
                suggestion: "pass the columns that the model was trained with, in the same order")
        }
        var scratch = makeScratch()
        var classes = [Int32](repeating: 0, count: shape.rows)
        let count = shape.rows * output.outputCount
        let scores = [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            values.withUnsafeBufferPointer { rows in
                classes.withUnsafeMutableBufferPointer { classes in
                    guard shape.rows > 0, let source = rows.baseAddress ?? UnsafePointer(bitPattern: 8), let target = buffer.baseAddress
                    else { return }
                    predict(
                        rows: source, columns: shape.columns, count: shape.rows, into: target, classes: classes.baseAddress,
                        scratch: &scratch)
                }
            }
            initialized = count
        }
        return (scores, classes)
    }
}
