internal import ONNX
package import Prisma

/// An artifact in memory, ready to answer. It is immutable; any number of tasks share one.
package final class LoadedPredictor: Sendable {
    package let name: String
    package let version: String
    package let encoders: [FeatureEncoder]
    /// The code of each feature, for those that are computed by code.
    private let computations: [FeatureComputation?]
    /// The classes in the order of the scores; empty for a regression.
    package let classes: [String]
    /// For two classes: the probability from which on the label is the second.
    package let threshold: Double
    package let width: Int
    private let model: ScoringModel
    /// What explains the model; nil if nothing does exactly.
    var modelExplainer: ModelExplainer? { explanations.value }
    private let explanations: Lazy<ModelExplainer?>

    package init(_ artifact: Artifact, of definition: PredictorDefinition) throws {
        let metadata = artifact.metadata
        let session = try Session(contentsOf: artifact.modelBytes)
        explanations = Lazy { ModelExplainer(session.model) }
        let encoders = (metadata["encoders"]?.array ?? []).compactMap(FeatureEncoder.init(json:))
        name = artifact.name
        version = artifact.version
        self.encoders = encoders
        classes = metadata["classes"]?.array?.compactMap(\.string) ?? []
        threshold = metadata["threshold"]?.double ?? 0.5
        width = encoders.reduce(0) { $0 + $1.width }
        computations = definition.features.map(\.computation)
        model = try ScoringModel(session, columns: width, isClassifier: !classes.isEmpty)
        guard encoders.map(\.feature) == definition.features.map(\.name), width == model.columnCount,
            model.outputCount == max(1, classes.count) || classes.count == 2
        else {
            throw PredictorError(
                .corrupt, predictor: artifact.name, "The model and its metadata disagree about the columns or the classes.",
                help: "Train again.")
        }
    }

    /// Reads the features of a row, encoded, into `width` numbers.
    package func encode(_ row: inout SQLRow, into target: UnsafeMutablePointer<Float>) throws(PrismaError) {
        var position = target
        for (encoder, computation) in zip(encoders, computations) {
            try encoder.encode(&row, computation, into: position)
            position += encoder.width
        }
    }

    /// The number of scores of a row: one for each class, or one.
    package var scoreCount: Int { model.outputCount }

    /// Scores for rows of encoded features.
    package func scores(_ rows: [Float]) throws -> [Float] { try model.scores(rows) }

    /// The main score of a row: the probability of the second of two classes, the highest of several, or the number.
    package func score(_ scores: ArraySlice<Float>) -> Double {
        switch classes.count {
        case 0: Double(scores.first ?? .nan)
        case 2: Double(scores.last ?? .nan)
        default: Double(scores.max() ?? .nan)
        }
    }

    /// One row's main score, straight from the row.
    package func score(of row: inout SQLRow) throws -> Double {
        var features = [Float](repeating: 0, count: width)
        try features.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { try encode(&row, into: start) }
        }
        return score(try scores(features)[...])
    }

    /// The class of a row: its name, and its place in `classes`.
    package func predictedClass(_ scores: ArraySlice<Float>) -> Int? {
        switch classes.count {
        case 0: return nil
        case 2: return score(scores) >= threshold ? 1 : 0
        default: return scores.indices.max { scores[$0] < scores[$1] }.map { $0 - scores.startIndex }
        }
    }
}
