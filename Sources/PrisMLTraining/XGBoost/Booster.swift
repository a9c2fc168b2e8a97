import CXGBoost

/// Trees while XGBoost grows them.
///
/// XGBoost only grows the trees: the gradients, and with them the loss, the weights and the samples, are ours, because its own sums depend on
/// how many threads share the rows (see ``GradientGrid``).
struct Booster: ~Copyable {
    private let handle: BoosterHandle

    init(on training: borrowing BinnedMatrix) throws {
        var created: BoosterHandle?
        var matrices: [DMatrixHandle?] = [training.handle]
        try checkXGBoost(XGBoosterCreate(&matrices, 1, &created), "start")
        guard let created else { throw TrainingError(.trainerFailed, "XGBoost gave no booster") }
        handle = created
    }

    deinit { _ = XGBoosterFree(handle) }

    func set(_ parameters: TreeParameters, groups: Int, learningRate: Double) throws {
        for (name, value) in parameters.settings(groups: groups, learningRate: learningRate) {
            try checkXGBoost(XGBoosterSetParam(handle, name, value), "take the parameter \(name)=\(value)")
        }
    }

    /// Grows one round: a tree for each group, from a gradient and a hessian for each row and group.
    func grow(on matrix: borrowing BinnedMatrix, gradients: inout [Float], hessians: inout [Float]) throws {
        let count = gradients.count
        guard hessians.count == count else { throw TrainingError(.trainerFailed, "there are not as many hessians as gradients") }
        try gradients.withUnsafeMutableBufferPointer { gradients in
            try hessians.withUnsafeMutableBufferPointer { hessians in
                try checkXGBoost(
                    XGBoosterBoostOneIter(handle, matrix.handle, gradients.baseAddress, hessians.baseAddress, UInt64(count)), "grow a tree")
            }
        }
    }

    /// The sums of the leaves, for each row and group, after the first `rounds` rounds (0 for all).
    func withMargins<Result>(
        of matrix: borrowing BinnedMatrix, groups: Int, rounds: Int = 0, _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) throws -> Result {
        var shape: UnsafePointer<bst_ulong>?
        var dimensions: bst_ulong = 0
        var values: UnsafePointer<Float>?
        let how = #"{"type":1,"training":false,"iteration_begin":0,"iteration_end":\#(rounds),"strict_shape":true}"#
        try checkXGBoost(XGBoosterPredictFromDMatrix(handle, matrix.handle, how, &shape, &dimensions, &values), "predict")
        let count = (0..<Int(dimensions)).reduce(1) { $0 * Int(shape?[$1] ?? 0) }
        guard count == matrix.rowCount * groups else {
            throw TrainingError(.trainerFailed, "XGBoost gave \(count) numbers for \(matrix.rowCount) rows and \(groups) groups")
        }
        return try body(UnsafeBufferPointer(start: values, count: values == nil ? 0 : count))
    }

    /// The trees as XGBoost writes them, in Universal Binary JSON, where every number has all of its bits.
    func serialized() throws -> [UInt8] {
        var count: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        try checkXGBoost(XGBoosterSaveModelToBuffer(handle, #"{"format":"ubj"}"#, &count, &bytes), "hand over its trees")
        guard let bytes else { throw TrainingError(.trainerFailed, "XGBoost handed over no trees") }
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }
}

extension TreeParameters {
    /// The parameters under XGBoost's names.
    func settings(groups: Int, learningRate: Double) -> [(String, String)] {
        var settings: [(String, String)] = [
            ("booster", "gbtree"), ("objective", "reg:squarederror"), ("base_score", "0"), ("disable_default_eval_metric", "1"),
            ("tree_method", "hist"), ("verbosity", "0"), ("nthread", "\(threads)"), ("seed", "\(seed & 0x7FFF_FFFF)"),
            ("max_depth", "\(depth)"),
            ("eta", "\(learningRate)"), ("min_child_weight", "\(minimumChildWeight)"), ("colsample_bytree", "\(columnsPerTree)"),
            ("colsample_bylevel", "\(columnsPerLevel)"), ("colsample_bynode", "\(columnsPerNode)"), ("lambda", "\(l2)"), ("alpha", "\(l1)"),
            ("gamma", "\(minimumGain)"), ("max_bin", "\(maximumBins)"),
        ]
        if groups > 1 { settings.append(("num_class", "\(groups)")) }
        if monotone.contains(where: { $0 != 0 }) {
            settings.append(("monotone_constraints", "(\(monotone.map(String.init).joined(separator: ",")))"))
        }
        return settings
    }
}
