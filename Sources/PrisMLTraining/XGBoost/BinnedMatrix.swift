import CXGBoost

/// Rows as XGBoost keeps them.
struct BinnedMatrix: ~Copyable {
    let handle: DMatrixHandle
    let rowCount: Int

    /// Rows to score: their numbers.
    init(_ features: FeatureMatrix, threads: Int) throws {
        var created: DMatrixHandle?
        try features.withArrayInterface { description in
            try checkXGBoost(
                XGDMatrixCreateFromDense(description, #"{"missing":NaN,"nthread":\#(threads)}"#, &created), "read the rows")
        }
        guard let created else { throw TrainingError(.trainerFailed, "XGBoost gave no matrix") }
        handle = created
        rowCount = features.rowCount
    }

    /// Rows to grow trees on: of each number the group that it falls into, which takes a byte where there are no more than 256 groups.
    ///
    /// The numbers themselves are read once, from where they are.
    init(grouping features: FeatureMatrix, bins: Int, threads: Int) throws {
        var proxy: DMatrixHandle?
        try checkXGBoost(XGProxyDMatrixCreate(&proxy), "read the rows")
        defer { _ = XGDMatrixFree(proxy) }
        var created: DMatrixHandle?
        try features.withArrayInterface { description in
            let batch = Batch(proxy, description)
            try withExtendedLifetime(batch) {
                let status = XGQuantileDMatrixCreateFromCallback(
                    Unmanaged.passUnretained(batch).toOpaque(), proxy, nil, { Batch.at($0)?.isRead = false },
                    { Batch.at($0)?.read() ?? -1 },
                    #"{"missing":NaN,"nthread":\#(threads),"max_bin":\#(bins)}"#, &created)
                try checkXGBoost(status, "read the rows")
            }
        }
        guard let created else { throw TrainingError(.trainerFailed, "XGBoost gave no matrix") }
        handle = created
        rowCount = features.rowCount
    }

    deinit { _ = XGDMatrixFree(handle) }

    /// All rows as the one batch of which XGBoost asks for several.
    private final class Batch {
        private let proxy: DMatrixHandle?
        private let description: String
        var isRead = false

        init(_ proxy: DMatrixHandle?, _ description: String) {
            self.proxy = proxy
            self.description = description
        }

        static func at(_ address: UnsafeMutableRawPointer?) -> Batch? {
            address.map { Unmanaged<Batch>.fromOpaque($0).takeUnretainedValue() }
        }

        /// 1 when there was a batch, 0 at the end.
        func read() -> Int32 {
            guard !isRead else { return 0 }
            isRead = true
            return XGProxyDMatrixSetDataDense(proxy, description) == 0 ? 1 : -1
        }
    }
}

extension FeatureMatrix {
    /// Tells where the numbers lie, in the words that XGBoost takes from NumPy.
    fileprivate func withArrayInterface<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try values.withUnsafeBufferPointer { values in
            let address = UInt(bitPattern: values.baseAddress)
            return try body(#"{"data":[\#(address),true],"shape":[\#(rowCount),\#(columnCount)],"typestr":"<f4","version":3}"#)
        }
    }
}
