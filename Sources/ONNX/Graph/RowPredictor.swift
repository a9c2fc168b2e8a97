/// A model of one float matrix compiled for predicting row after row: no names, no tensors, nothing allocated once it runs.
///
/// ```swift
/// let predictor = try session.rowPredictor()
/// var scratch = predictor.makeScratch()
/// try predictor.predict(rows: matrix, rowCount: 100, into: scores, scratch: &scratch)
/// ```
///
/// A predictor is immutable: any number of tasks may share it, each with its own scratch space.
public struct RowPredictor: Sendable {
    /// The number of columns of a row.
    public let columnCount: Int
    /// The number of scores that a row gets: targets of a regression, classes of a classification.
    public let outputCount: Int
    /// The classes' names, if the model is a classifier.
    public let labels: ClassLabels?
    /// How many threads large batches are spread over.
    public let threads: Int
    private let preparation: [ColumnStep]
    private let estimator: Estimator

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
        let worker = Worker(columns: [Float](repeating: 0, count: preparation.isEmpty ? 0 : Self.blockSize * columnCount), trees: trees)
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
        guard scratch.workers.count >= threads, scratch.workers.allSatisfy(accepts) else {
            throw ONNXError(
                .invalidInput, "the scratch space is another predictor's", suggestion: "make it with this predictor's makeScratch()")
        }
        let classes = classes?.baseAddress
        let used = min(threads, rowCount / Self.rowsForThread)
        guard used > 1 else {
            predict(source, rowCount, target, classes, &scratch.workers[0])
            return
        }
        // Whole blocks for each thread, the rest for the last.
        let share = (rowCount / used + Self.blockSize - 1) / Self.blockSize * Self.blockSize
        scratch.workers.withUnsafeMutableBufferPointer { workers in
            Threads.run(used) { index in
                let start = min(index * share, rowCount)
                let count = index == used - 1 ? rowCount - start : min(share, rowCount - start)
                predict(source + start * columnCount, count, target + start * outputCount, classes.map { $0 + start }, &workers[index])
            }
        }
    }

    private func accepts(_ worker: Worker) -> Bool {
        if !preparation.isEmpty, worker.columns.count < Self.blockSize * columnCount { return false }
        return if case .trees(let trees) = estimator { trees.accepts(worker.trees) } else { true }
    }

    private func predict(
        _ rows: UnsafePointer<Float>, _ rowCount: Int, _ scores: UnsafeMutablePointer<Float>, _ classes: UnsafeMutablePointer<Int32>?,
        _ worker: inout Worker
    ) {
        guard !preparation.isEmpty else {
            estimate(rows, rowCount, scores, classes, &worker.trees)
            return
        }
        var row = 0
        while row < rowCount {
            let count = min(Self.blockSize, rowCount - row)
            worker.columns.withUnsafeMutableBufferPointer { columns in
                guard let block = columns.baseAddress else { return }
                block.update(from: rows + row * columnCount, count: count * columnCount)
                for step in preparation { step.apply(block, rows: count, columns: columnCount) }
                estimate(block, count, scores + row * outputCount, classes.map { $0 + row }, &worker.trees)
            }
            row += count
        }
    }

    @inline(__always)
    private func estimate(
        _ rows: UnsafePointer<Float>, _ count: Int, _ scores: UnsafeMutablePointer<Float>, _ classes: UnsafeMutablePointer<Int32>?,
        _ scratch: inout TreeEngine<Float>.Scratch
    ) {
        if case .trees(let trees) = estimator {
            trees.predict(rows: rows, columns: columnCount, count: count, into: scores, classes: classes, scratch: &scratch)
            return
        }
        for row in 0..<count {
            let source = rows + row * columnCount
            let target = UnsafeMutableBufferPointer(start: scores + row * outputCount, count: outputCount)
            var best: Int32 = 0
            switch estimator {
            case .trees: break
            case .linearRegressor(let linear): linear.scores(source, columns: columnCount, into: target)
            case .linearClassifier(let linear):
                linear.scores(source, columns: columnCount, into: target)
                best = linear.finish(target)
            }
            if let classes { classes[row] = best }
        }
    }
}

/// A change of a block of rows in place.
enum ColumnStep: Sendable {
    case impute(missing: Float, values: [Float])
    case scale(offsets: [Float], scales: [Float])

    func apply(_ block: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        switch self {
        case .impute(let missing, let values):
            for row in 0..<rows {
                let start = block + row * columns
                for column in 0..<columns where start[column] == missing || (missing.isNaN && start[column].isNaN) {
                    start[column] = values[values.count == 1 ? 0 : column]
                }
            }
        case .scale(let offsets, let scales):
            for row in 0..<rows {
                let start = block + row * columns
                for column in 0..<columns {
                    let index = offsets.count == 1 ? 0 : column
                    start[column] = (start[column] - offsets[index]) * scales[index]
                }
            }
        }
    }
}

extension RowPredictor {
    /// Compiles a plan whose steps form a chain from one float matrix to an estimator.
    init(_ plan: Plan, threads: Int) throws {
        guard plan.inputs.count == 1, let input = plan.inputs.first, case .tensor(.float, let shape?) = input.info.type, shape.count == 2,
            case .fixed(let columns) = shape[1], columns > 0
        else { throw Self.refused("its inputs are not one matrix of floats with a known number of columns") }
        var preparation: [ColumnStep] = []
        var estimator: Estimator?
        var slot = input.slot
        for step in plan.steps {
            guard estimator == nil, step.inputs == [slot] else { throw Self.refused("its steps are not a chain", at: step.node.place) }
            switch step.operation {
            case let imputer as Imputer where !imputer.floats.isEmpty && (imputer.floats.count == 1 || imputer.floats.count == columns):
                preparation.append(.impute(missing: imputer.missingFloat, values: imputer.floats))
            case let scaler as Scaler where scaler.offsets.count == 1 || scaler.offsets.count == columns:
                preparation.append(.scale(offsets: scaler.offsets, scales: scaler.scales))
            case is Identity: break
            case let trees as TreeOperator:
                let predictor = try trees.narrow.value
                guard predictor.ensemble.featureCount <= columns else {
                    throw ONNXError(
                        .invalidGraph, "the trees read \(predictor.ensemble.featureCount) columns, the input has \(columns)",
                        at: step.node.place,
                        suggestion: "export the model again")
                }
                estimator = .trees(predictor)
            case let linear as LinearRegressor where linear.coefficients.count == columns * linear.targets:
                estimator = .linearRegressor(linear)
            case let linear as LinearClassifier where linear.coefficients.count == columns * linear.scoreCount:
                estimator = .linearClassifier(linear)
            default: throw Self.refused("the operator has no row form", at: step.node.place)
            }
            slot = step.outputs.first ?? slot
        }
        guard let estimator else { throw Self.refused("it has no estimator") }
        self.threads = threads
        self.columnCount = columns
        self.preparation = preparation
        self.estimator = estimator
        switch estimator {
        case .trees(let trees):
            outputCount = trees.output.outputCount
            if case .classification(let names) = trees.output.task { labels = names } else { labels = nil }
        case .linearRegressor(let linear): (outputCount, labels) = (linear.targets, nil)
        case .linearClassifier(let linear): (outputCount, labels) = (linear.outputCount, linear.labels)
        }
    }

    fileprivate static func refused(_ reason: String, at place: String? = nil) -> ONNXError {
        ONNXError(
            .unsupportedOperator, "the model cannot be compiled for rows: \(reason)", at: place, suggestion: "use run(_:) of the session")
    }
}

extension Session {
    /// The model compiled for predicting row after row; an error says why, where its graph is not a chain over one float matrix.
    public func rowPredictor() throws -> RowPredictor {
        guard let plan else { throw RowPredictor.refused("it runs on ONNX Runtime") }
        return try RowPredictor(plan, threads: min(threads, 256))
    }
}
