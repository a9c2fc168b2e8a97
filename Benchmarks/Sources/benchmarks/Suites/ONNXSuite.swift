import CTreePeers
import Foundation
import ONNX

extension Suite {
    static let onnx = Suite(
        "onnx", "Predicting with trees on one thread, beside ONNX Runtime's C interface and compiled models", targets: .onnx
    ) {
        runner in
        guard !runner.isQuick else {
            // Without the peers, whose environment and models take minutes to make.
            let rows = TreeRows((0..<20_000).map { Float(($0 * 7919) % 1000) / 500 - 1 }, columns: 20)
            for depth in [5, 8] {
                let model = try GrownTrees.model(trees: 20, depth: depth).encoded()
                try await compare("20 trees of depth \(depth)", model, rows, peers: [], batches: [1, 100, 1000], &runner)
            }
            try await loading(trees: 50, &runner)
            return
        }
        let models = try TreeModels()
        for line in try models.lines("missing.txt") { runner.note("Missing: \(line)") }
        let rows = TreeRows(try models.floats("rows.f32"), columns: 20)
        let runtime = try models.library("onnxruntime", "libonnxruntime.so.")

        func peers(_ makers: [() throws -> TreePeer]) -> [TreePeer] {
            makers.compactMap { make in
                do { return try make() } catch {
                    runner.note("Missing: \(error)")
                    return nil
                }
            }
        }
        func runtimePeer(_ name: String) throws -> TreePeer {
            try .runtime(runtime, model: models.path("\(name).onnx"), output: "probabilities", rows: rows)
        }
        func treelite(_ name: String) throws -> TreePeer { try .treelite(models.path("\(name).treelite.so"), rows: rows) }
        let suites: [(title: String, file: String, peers: [() throws -> TreePeer])] = [
            ("forest", "forest", [{ try runtimePeer("forest") }, { try treelite("forest") }]),
            (
                "XGBoost", "boosted",
                [
                    { try runtimePeer("boosted") },
                    { try .xgboost(models.library("xgboost", "libxgboost."), model: models.path("boosted.ubj"), rows: rows) },
                    { try treelite("boosted") },
                ]
            ),
            (
                "LightGBM", "leaves",
                [
                    { try runtimePeer("leaves") },
                    { try .lightGBM(models.library("lightgbm", "lib_lightgbm."), model: models.path("leaves.txt"), rows: rows) },
                    { try treelite("leaves") }, { try .lleaves(models.path("leaves.lleaves.so"), rows: rows) },
                ]
            ),
        ]
        for suite in suites {
            let bytes = try models.bytes("\(suite.file).onnx")
            try await compare(suite.title, bytes, rows, peers: peers(suite.peers), &runner)
            try await threads(suite.title, bytes, rows, &runner)
        }

        let texts = try models.lines("pipeline.txt").map { $0.split(separator: "\t").map(String.init) }
        let mixed = TreeRows(try models.floats("pipeline.f32"), columns: 10, texts: texts)
        let pipeline = peers([
            {
                try .runtimePipeline(
                    runtime, model: models.path("pipeline.onnx"), names: (0..<10).map { "n\($0)" }, texts: ["plan", "city"], rows: mixed)
            }
        ])
        try await compare("pipeline", try models.bytes("pipeline.onnx"), mixed, peers: pipeline, &runner)
        try await loading(trees: 1_466, &runner)
    }

    /// Our time and the peers' for each size of batch. Repetitions go through 2,000 different rows, so that nothing learns their ways.
    private static func compare(
        _ title: String, _ model: [UInt8], _ rows: TreeRows, peers: [TreePeer], batches: [Int] = [1, 10, 100, 10_000],
        _ runner: inout Runner
    ) async throws {
        let native = try NativeTrees(model, rows: rows)
        for batch in batches {
            try checkAllocations(native, title, batch)
            let calls = max(1, min(2_000, rows.count) / batch)
            let size = batch == 1 ? "1 row" : "\(batch) rows"
            let name = "\(title), \(size): here"
            try await runner.measure(name, items: calls * batch, of: "row") {
                for call in 0..<calls { try native.predict(from: call * batch, batch) }
            }
            for peer in peers {
                let predict = try peer.ready(batch)
                try await runner.measure("\(title), \(size): \(peer.name)", items: calls * batch, of: "row", against: name) {
                    for call in 0..<calls { predict(call * batch) }
                }
            }
        }
        // The same rows once more, for the scores.
        let count = min(rows.count, 10_000)
        try native.predict(from: 0, count)
        let scores = native.last(count)
        for peer in peers {
            try peer.ready(count)(0)
            let differences = zip(scores, peer.scores(count)).map { abs($0 - $1) }
            let far = differences.count { $0 > 1e-5 }
            runner.note(
                "\(title): scores differ from \(peer.name)'s by up to \(differences.max() ?? .nan), in \(far) of \(count) rows by more than 1e-5."
            )
        }
        try limit(title, model, batch: batches.last ?? 1, &runner)
    }

    /// Running allocates nothing, whatever the machine: where it does, the suite fails.
    private static func checkAllocations(_ native: NativeTrees, _ title: String, _ batch: Int) throws {
        guard allocations_are_counted() == 1 else { return }
        try native.predict(from: 0, batch)
        let before = allocations_of_thread()
        for _ in 0..<10 { try native.predict(from: 0, batch) }
        let taken = allocations_of_thread() - before
        guard taken == 0 else { throw TreeModels.Failure(description: "\(title): ten runs of \(batch) rows allocated \(taken) blocks") }
    }

    private static func threads(_ title: String, _ model: [UInt8], _ rows: TreeRows, _ runner: inout Runner) async throws {
        let native = try NativeTrees(model, rows: rows, threads: 2)
        try await runner.measure(
            "\(title), \(rows.count) rows: here, two threads", items: rows.count, of: "row", against: "\(title), \(rows.count) rows: here"
        ) {
            try native.predict(from: 0, rows.count)
        }
    }

    /// How near a batch's time is to what reading alone would take.
    private static func limit(_ title: String, _ model: [UInt8], batch: Int, _ runner: inout Runner) throws {
        let row = batch == 1 ? "1 row" : "\(batch) rows"
        guard let node = try ONNXModel(bytes: model).graph.nodes.first(where: { $0.operation.hasPrefix("TreeEnsemble") }),
            let time = runner.measurements.first(where: { $0.name == "\(title), \(row): here" })?.secondsPerItem
        else { return }
        let trees = try TreeEnsemble(node, precision: .float)
        let branches = trees.nodeCount - trees.leafCount
        // Walked: a node of eight bytes and a key of four for each step. In vectors: each branch for a byte of every row.
        let walked = Double(trees.depths.reduce(0, +) * 12)
        let vectors = Double(branches) * (1 + 8.0 / 256)
        let near = machine_read_bandwidth(16 << 10)
        let far = machine_read_bandwidth(Int64(min(max(trees.nodeCount * 8, 64 << 10), 64 << 20)))
        runner.note(
            "\(title): \(trees.treeCount) trees, \(branches) branches; in vectors a row takes \(Int(vectors)) bytes from the first cache at "
                + "\(Int(near / 1e9)) GB/s, \(Report.time(vectors / near)); walked, \(Int(walked)) bytes at \(Int(far / 1e9)) GB/s, "
                + "\(Report.time(walked / far)). Measured: \(Report.time(time))."
        )
    }

    /// A file of `trees` trees of 2,047 nodes: how long until its first prediction can be made, and what it then takes.
    private static func loading(trees: Int, _ runner: inout Runner) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "prisml-onnx-\(ProcessInfo.processInfo.processIdentifier).onnx")
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(GrownTrees.model(trees: trees, depth: 10).encoded()).write(to: folder)
        let bytes = try contents(of: folder)
        try await runner.measure("load \(trees * 2047) nodes", items: trees * 2047, of: "node") {
            try Session(contentsOf: bytes, engine: .native)
        }
        try await runner.measure("load \(trees * 2047) nodes, reading the file", items: trees * 2047, of: "node") {
            try Session(contentsOf: contents(of: folder), engine: .native)
        }
        let before = machine_bytes_in_use()
        let session = try Session(contentsOf: contents(of: folder), engine: .native)
        let used = machine_bytes_in_use() - before
        let ratio = (Double(used) / Double(bytes.count) * 100).rounded() / 100
        runner.judge(
            "memory of \(trees * 2047) nodes", wanted: "1.5× their file of \(bytes.count >> 10) KB at most", found: "\(ratio)×",
            isMet: ratio <= 1.5)
        withExtendedLifetime(session) {}
        guard ratio <= 1.5 else { throw TreeModels.Failure(description: "a session takes \(ratio)× its model's file") }
    }

    /// A file's bytes, read into place.
    private static func contents(of file: URL) throws -> [UInt8] {
        guard let handle = fopen(file.path, "rb") else { throw CocoaError(.fileReadUnknown) }
        defer { fclose(handle) }
        fseek(handle, 0, SEEK_END)
        let size = ftell(handle)
        rewind(handle)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in count = fread(buffer.baseAddress, 1, size, handle) }
    }
}

/// Full trees with thresholds that look like a trainer's, the same in every run.
enum GrownTrees {
    static func model(trees count: Int, depth: Int) throws -> ONNXModel {
        var state: UInt64 = 1
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 8_388_608 - 1
        }
        let branches = (1 << depth) - 1
        let trees = (0..<count).map { _ in
            EnsembleTree(
                (0..<(2 * branches + 1)).map { index in
                    guard index < branches else { return .leaf([(output: 0, weight: next())]) }
                    return .branch(
                        feature: Int((next() + 1) * 10) % 20, mode: .less, threshold: next(), missingGoesYes: next() > 0,
                        yes: 2 * index + 1, no: 2 * index + 2)
                })
        }
        return try PipelineBuilder(columns: 20).regressor(trees)
    }
}
