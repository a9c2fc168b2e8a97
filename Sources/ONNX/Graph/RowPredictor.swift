internal import Synchronization

/// A model compiled for predicting row after row: no names, no tensors, nothing allocated once it runs.
///
/// ```swift
/// let predictor = try session.rowPredictor()
/// var scratch = predictor.makeScratch()
/// try predictor.predict(rows: matrix, rowCount: 100, into: scores, scratch: &scratch)
/// ```
///
/// What converters put before an estimator (columns joined, chosen, imputed, scaled, one-hot encoded) is fused into one pass over the row, with
/// the same arithmetic and so the same result to the last bit. A row holds the columns of all inputs, in the order of the inputs; in the place
/// of a text stands its code, which ``Column/code(of:)`` gives.
///
/// A predictor is immutable: any number of tasks may share it, each with its own scratch space.
public struct RowPredictor: Sendable {
    /// What a place of the row holds.
    public struct Column: Sendable {
        /// The model's input and the place in it.
        public let input: String
        public let position: Int
        /// Whether the row holds a text's code.
        public let isText: Bool
        private(set) var codes: [TextKey: Int32] = [:]

        init(input: String, position: Int, isText: Bool) {
            self.input = input
            self.position = position
            self.isText = isText
        }

        /// What stands for a text in a row; all texts that the model does not know have the same code.
        public func code(of text: String) -> Float { Float(codes[TextKey(text)] ?? -1) }
    }

    /// The columns of a row.
    public let columns: [Column]
    /// The number of scores that a row gets: targets of a regression, classes of a classification.
    public let outputCount: Int
    /// The classes' names, if the model is a classifier.
    public let labels: ClassLabels?
    /// How many threads large batches are spread over.
    public let threads: Int
    private let program: ColumnProgram?
    private let estimator: Estimator
    /// The estimator, where it is trees: taking it out of the other in each call would count references. `estimator` keeps it.
    private let trees: Unmanaged<TreeEngine<Float>>?
    private let factors: [Float]

    /// The number of columns of a row.
    public var columnCount: Int { columns.count }

    /// How many rows go through all steps together, so that they stay in the cache between them.
    private static let blockSize = 256
    /// The rows that a thread must have to be worth starting.
    private static let rowsForThread = 1024

    /// Space for what is computed on the way; each task needs its own.
    public struct Scratch: Sendable {
        /// One for each thread.
        fileprivate var workers: [Worker]
    }

    fileprivate struct Worker: Sendable {
        var columns: [Float]
        var trees: TreeEngine<Float>.Scratch
    }

    enum Estimator: Sendable {
        case trees(TreeEngine<Float>)
        case linearRegressor(LinearRegressor)
        case linearClassifier(LinearClassifier)
    }

    public func makeScratch() -> Scratch {
        let trees = if case .trees(let trees) = estimator { trees.makeScratch() } else { TreeEngine<Float>.Scratch() }
        let worker = Worker(columns: [Float](repeating: 0, count: Self.blockSize * (program?.width ?? 0)), trees: trees)
        return Scratch(workers: [Worker](repeating: worker, count: threads))
    }

    /// Predicts `rowCount` rows of ``columnCount`` floats each.
    ///
    /// - Parameters:
    ///   - scores: gets ``outputCount`` numbers for each row.
    ///   - classes: gets the index of each row's class in ``labels``, if it is given.
    public func predict(
        rows: UnsafeBufferPointer<Float>, rowCount: Int, into scores: UnsafeMutableBufferPointer<Float>,
        classes: UnsafeMutableBufferPointer<Int32>? = nil, scratch: inout Scratch
    ) throws {
        guard rowCount > 0 else { return }
        guard rowCount <= rows.count / max(columnCount, 1), rowCount <= scores.count / outputCount, rowCount <= classes?.count ?? rowCount,
            let source = rows.baseAddress, let target = scores.baseAddress
        else {
            throw ONNXError(
                .invalidInput, "\(rowCount) rows need \(columnCount) columns and \(outputCount) scores each",
                suggestion: "pass buffers of that size")
        }
        guard accepts(scratch) else {
            throw ONNXError(
                .invalidInput, "the scratch space is another predictor's", suggestion: "make it with this predictor's makeScratch()")
        }
        let classes = classes?.baseAddress
        let used = min(threads, rowCount / Self.rowsForThread)
        guard used > 1 else {
            predict(source, rowCount, target, classes, &scratch.workers[0])
            return
        }
        // Each thread takes the next block when it is done with one, so that none waits for a thread whose core is busy with something else.
        let next = Atomic(0)
        scratch.workers.withUnsafeMutableBufferPointer { workers in
            Threads.run(used) { index in
                while true {
                    let start = next.wrappingAdd(Self.blockSize, ordering: .relaxed).oldValue
                    guard start < rowCount else { return }
                    predict(
                        source + start * columnCount, min(Self.blockSize, rowCount - start), target + start * outputCount,
                        classes.map { $0 + start }, &workers[index])
                }
            }
        }
    }

    private func accepts(_ scratch: borrowing Scratch) -> Bool {
        guard scratch.workers.count >= threads else { return false }
        return scratch.workers.withUnsafeBufferPointer { workers in
            for index in workers.indices {
                guard workers[index].columns.count >= Self.blockSize * (program?.width ?? 0) else { return false }
                if let trees, !trees._withUnsafeGuaranteedRef({ $0.accepts(workers[index].trees) }) { return false }
            }
            return true
        }
    }

    private func predict(
        _ rows: UnsafePointer<Float>, _ rowCount: Int, _ scores: UnsafeMutablePointer<Float>, _ classes: UnsafeMutablePointer<Int32>?,
        _ worker: inout Worker
    ) {
        guard let program else {
            estimate(rows, columnCount, rowCount, scores, classes, &worker.trees)
            return
        }
        var row = 0
        while row < rowCount {
            let count = min(Self.blockSize, rowCount - row)
            worker.columns.withUnsafeMutableBufferPointer { columns in
                guard let block = columns.baseAddress else { return }
                program.prepare(rows + row * columnCount, columns: columnCount, count: count, into: block)
                estimate(block, program.width, count, scores + row * outputCount, classes.map { $0 + row }, &worker.trees)
            }
            row += count
        }
    }

    @inline(__always)
    private func estimate(
        _ rows: UnsafePointer<Float>, _ width: Int, _ count: Int, _ scores: UnsafeMutablePointer<Float>,
        _ classes: UnsafeMutablePointer<Int32>?, _ scratch: inout TreeEngine<Float>.Scratch
    ) {
        if let trees {
            trees._withUnsafeGuaranteedRef {
                $0.predict(rows: rows, columns: width, count: count, into: scores, classes: classes, scratch: &scratch)
            }
        } else {
            for row in 0..<count {
                let target = UnsafeMutableBufferPointer(start: scores + row * outputCount, count: outputCount)
                var best: Int32 = 0
                switch estimator {
                case .trees: break
                case .linearRegressor(let linear): linear.scores(rows + row * width, columns: width, into: target)
                case .linearClassifier(let linear):
                    linear.scores(rows + row * width, columns: width, into: target)
                    best = linear.finish(target)
                }
                if let classes { classes[row] = best }
            }
        }
        guard !factors.isEmpty else { return }
        for row in 0..<count { for (output, factor) in factors.enumerated() { scores[row * outputCount + output] *= factor } }
    }
}

extension RowPredictor.Column {
    /// The places of an encoder by code; texts that the column has not met yet get the next codes.
    mutating func places(_ texts: [TextKey: Int]) -> [Int32] {
        for (text, _) in texts.sorted(by: { $0.value < $1.value }) where codes[text] == nil { codes[text] = Int32(codes.count) }
        var places = [Int32](repeating: -1, count: codes.count)
        for (text, place) in texts { if let code = codes[text] { places[Int(code)] = Int32(place) } }
        return places
    }
}

extension RowPredictor {
    init(_ plan: RowPlan, threads: Int) {
        self.threads = threads
        columns = plan.columns
        program = plan.program
        estimator = plan.estimator
        trees = if case .trees(let trees) = plan.estimator { .passUnretained(trees) } else { nil }
        factors = plan.factors
        outputCount = plan.estimator.outputCount
        labels = plan.estimator.labels
    }
}

extension RowPredictor.Estimator {
    var outputCount: Int {
        switch self {
        case .trees(let trees): trees.output.outputCount
        case .linearRegressor(let linear): linear.targets
        case .linearClassifier(let linear): linear.outputCount
        }
    }

    var labels: ClassLabels? {
        switch self {
        case .trees(let trees): if case .classification(let names) = trees.output.task { names } else { nil }
        case .linearRegressor: nil
        case .linearClassifier(let linear): linear.labels
        }
    }
}

extension Session {
    /// The model compiled for predicting row after row; an error says why, where its graph does more to a row than prepare its columns for one
    /// estimator.
    public func rowPredictor() throws -> RowPredictor {
        guard let plan else { throw RowPlan.refused("it runs on ONNX Runtime") }
        return RowPredictor(try RowPlan(plan), threads: min(threads, 256))
    }
}
