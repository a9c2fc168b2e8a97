import CXGBoostPeer
@_spi(Benchmarks) import PrisMLTraining

extension Suite {
    static let training = Suite("training", "Growing 200 trees of depth 6 on 100,000 rows of 20 columns, beside XGBoost called from C") {
        runner in
        let rows = TrainingRows(count: 100_000, columns: 20)
        try await runner.measure("XGBoost's own loop", items: 200, of: "round") { try XGBoostPeer.train(rows, rounds: 200, depth: 6) }
        try await runner.measure("native trainer", items: 200, of: "round", against: "XGBoost's own loop") {
            try TrainingBenchmark.growTrees(values: rows.values, labels: rows.labels, rounds: 200, depth: 6)
        }
    }
}

/// Rows with noise, steps and an interaction, the same in every run.
struct TrainingRows {
    let values: [Float]
    let labels: [Float]
    let columns: Int

    init(count: Int, columns: Int) {
        var state: UInt64 = 1
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 8_388_608 - 1
        }
        var (values, labels): ([Float], [Float]) = ([], [])
        values.reserveCapacity(count * columns)
        for _ in 0..<count {
            let row = (0..<columns).map { _ in next() }
            values += row
            labels.append(row[0] + (row[1] > 0.2 ? 0.5 : -0.3) + row[2] * row[3] + next() * 0.5 > 0 ? 1 : 0)
        }
        (self.values, self.labels, self.columns) = (values, labels, columns)
    }
}

/// XGBoost through its C interface, as its documentation has it: its own loss, its own loop.
enum XGBoostPeer {
    struct Failure: Error {
        var text = XGBGetLastError().map { String(cString: $0) } ?? ""
    }

    static func train(_ rows: TrainingRows, rounds: Int32, depth: Int) throws -> Int {
        func check(_ status: Int32) throws { if status != 0 { throw Failure() } }
        var matrix: DMatrixHandle?
        try rows.values.withUnsafeBufferPointer { values in
            let source =
                #"{"data":[\#(UInt(bitPattern: values.baseAddress)),true],"shape":[\#(rows.labels.count),\#(rows.columns)],"typestr":"<f4","version":3}"#
            try check(XGDMatrixCreateFromDense(source, #"{"missing":NaN,"nthread":0}"#, &matrix))
        }
        defer { XGDMatrixFree(matrix) }
        try check(XGDMatrixSetFloatInfo(matrix, "label", rows.labels, UInt64(rows.labels.count)))
        var booster: BoosterHandle?
        var matrices = [matrix]
        try check(XGBoosterCreate(&matrices, 1, &booster))
        defer { XGBoosterFree(booster) }
        for (name, value) in [
            ("objective", "binary:logistic"), ("tree_method", "hist"), ("max_depth", "\(depth)"), ("eta", "0.1"), ("verbosity", "0"),
        ] {
            try check(XGBoosterSetParam(booster, name, value))
        }
        for round in 0..<rounds { try check(XGBoosterUpdateOneIter(booster, round, matrix)) }
        var count: bst_ulong = 0
        var model: UnsafePointer<CChar>?
        try check(XGBoosterSaveModelToBuffer(booster, #"{"format":"ubj"}"#, &count, &model))
        return Int(count)
    }
}
