import ONNX
import Prisma

extension Command {
    private static let seconds = Parameter<Double>.option("seconds", value: "SECONDS", default: 1, "How long to measure each batch")

    private static let json = Parameter.flag("json", "Print the times as JSON on standard output")

    static let onnxBench = Command(
        "bench",
        summary: "Measure a model, natively and on ONNX Runtime, from one row to 10,000",
        discussion: """
            The rows are random and each call gets others, as in production. The best of many repetitions is shown: what the machine does \
            when nothing else runs on it. ONNX Runtime is measured through its C interface if it is installed.
            """,
        examples: [Example(line: "prisml onnx bench churn.onnx", meaning: "Time for a row in batches of 1, 10, 100 and 10,000")],
        parameters: [seconds, ModelFile.threads, json, ModelFile.argument]
    ) { context in
        let bytes = try ModelFile.bytes(in: context)
        let measured = try ModelBenchmark(bytes, threads: context[ModelFile.threads], seconds: context[seconds])
        var table = Table([.right("rows"), .right("native"), .right("onnxruntime"), .right("ratio")])
        var lines: [JSON] = []
        let progress = ProgressLine("measuring", unit: "batches", total: ModelBenchmark.batches.count, context: context)
        for batch in ModelBenchmark.batches {
            try Task.checkCancellation()
            let native = try measured.native(batch)
            let runtime = try measured.runtime(batch)
            progress.advance()
            lines.append([
                "rows": .int(Int64(batch)), "native": .double(native * 1e9), "onnxruntime": runtime.map { .double($0 * 1e9) } ?? .null,
            ])
            table.add([
                "\(batch)", ModelBenchmark.time(native), runtime.map(ModelBenchmark.time) ?? "–",
                runtime.map { ModelBenchmark.ratio($0 / native) } ?? "–",
            ])
        }
        progress.finish()
        if try context[json] {
            let answer: JSON = ["unit": "nanoseconds for a row", "batches": .array(lines)]
            context.output.send(answer.prettyText)
            return .success
        }
        table.print(on: context.output)
        context.output.print("time for a row; the ratio is how many times as long ONNX Runtime takes")
        if !measured.hasRuntime { context.errors.help("install onnxruntime with pip to compare with it") }
        return .success
    }
}

/// A model of one float matrix, measured on both engines.
struct ModelBenchmark {
    static let batches = [1, 10, 100, 10_000]

    private let predictor: RowPredictor
    private let runtimeSession: Session?
    private let scoreOutput: Int
    private let rows: [Float]
    private let seconds: Double
    private let clock = ContinuousClock()

    var hasRuntime: Bool { runtimeSession != nil }

    init(_ bytes: [UInt8], threads: Int, seconds: Double) throws {
        let session = try Session(contentsOf: bytes, engine: .native, threads: threads)
        predictor = try session.rowPredictor()
        let isMatrix = session.inputs.count == 1 && !predictor.columns.contains { $0.isText }
        guard isMatrix, case .tensor? = session.outputs.last?.type else {
            throw ONNXError(
                .unsupportedOperator, "only models of one float matrix with tensors as outputs are measured",
                suggestion: "convert it with one input and with zipmap off")
        }
        do {
            runtimeSession = try Session(contentsOf: bytes, engine: .onnxRuntime, threads: threads)
        } catch let error as ONNXError where error.code == .runtimeMissing {
            runtimeSession = nil
        }
        scoreOutput = max(session.outputs.count - 1, 0)
        self.seconds = seconds
        var state: UInt64 = 1
        rows = (0..<(10_000 * predictor.columnCount)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max) * 3
        }
    }

    /// Seconds for a row.
    func native(_ batch: Int) throws -> Double {
        var scratch = predictor.makeScratch()
        var scores = [Float](repeating: 0, count: batch * predictor.outputCount)
        return try best(batch) { start in
            try rows.withUnsafeBufferPointer { rows in
                try scores.withUnsafeMutableBufferPointer { scores in
                    let part = UnsafeBufferPointer(rebasing: rows[start..<(start + batch * predictor.columnCount)])
                    try predictor.predict(rows: part, rowCount: batch, into: scores, scratch: &scratch)
                }
            }
        }
    }

    func runtime(_ batch: Int) throws -> Double? {
        guard let runtimeSession else { return nil }
        var rows = rows
        var scores = [Float](repeating: 0, count: batch * predictor.outputCount)
        return try best(batch) { start in
            try rows.withUnsafeMutableBufferPointer { rows in
                try scores.withUnsafeMutableBufferPointer { scores in
                    let part = UnsafeMutableBufferPointer(rebasing: rows[start..<(start + batch * predictor.columnCount)])
                    try runtimeSession.runRuntime(rows: part, columns: predictor.columnCount, output: scoreOutput, into: scores)
                }
            }
        }
    }

    /// The best time for a row, over passes that go through many different rows.
    private func best(_ batch: Int, _ body: (Int) throws -> Void) throws -> Double {
        let calls = max(1, min(10_000, 2_000 / batch))
        var best = Double.infinity
        let began = clock.now
        repeat {
            let start = clock.now
            for call in 0..<calls { try body((call * batch) % max(10_000 - batch, 1) * predictor.columnCount) }
            let parts = (clock.now - start).components
            best = min(best, (Double(parts.seconds) + Double(parts.attoseconds) * 1e-18) / Double(calls * batch))
        } while clock.now - began < .seconds(seconds)
        return best
    }

    /// `812 ns`, `3.4 µs`
    static func time(_ seconds: Double) -> String {
        let nanoseconds = seconds * 1e9
        return nanoseconds < 1000 ? "\(Int(nanoseconds.rounded())) ns" : "\((nanoseconds / 100).rounded() / 10) µs"
    }

    static func ratio(_ value: Double) -> String { "\((value * 10).rounded() / 10)×" }
}
