import CXGBoostPeer

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
