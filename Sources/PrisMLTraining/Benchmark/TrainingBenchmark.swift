/// The native trainer without a database before it, for the package of benchmarks, which sees public symbols only.
@_spi(Benchmarks)
public enum TrainingBenchmark {
    /// Grows trees for two classes and gives their number; `values` holds row after row.
    public static func growTrees(values: [Float], labels: [Float], rounds: Int, depth: Int, threads: Int = 0) throws -> Int {
        let columns = values.count / max(labels.count, 1)
        let rows = try LabelledRows(FeatureMatrix(names: (0..<columns).map { "f\($0)" }, values: values), labels: labels)
        var parameters = TreeParameters(rounds: rounds, depth: depth)
        parameters.threads = threads
        guard case .trees(let model) = try TreeTrainer(.binary, parameters).train(on: rows).model else { return 0 }
        return model.trees.count
    }
}
