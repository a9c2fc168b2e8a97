import CXGBoost

/// Rows as XGBoost keeps them.
struct BinnedMatrix: ~Copyable {
    let handle: DMatrixHandle
    let rowCount: Int

    init(_ features: FeatureMatrix, threads: Int) throws {
        var created: DMatrixHandle?
        try features.values.withUnsafeBufferPointer { values in
            let address = UInt(bitPattern: values.baseAddress)
            let description =
                #"{"data":[\#(address),true],"shape":[\#(features.rowCount),\#(features.columnCount)],"typestr":"<f4","version":3}"#
            try checkXGBoost(
                XGDMatrixCreateFromDense(description, #"{"missing":NaN,"nthread":\#(threads)}"#, &created), "read the rows")
        }
        guard let created else { throw TrainingError(.trainerFailed, "XGBoost gave no matrix") }
        handle = created
        rowCount = features.rowCount
    }

    deinit { _ = XGDMatrixFree(handle) }
}
