/// A predictor of any model and label, as a project hands several to its tool.
public protocol AnyPredictor: Sendable {
    var definition: PredictorDefinition { get }
    /// Where its artifacts are.
    var store: ArtifactStore { get }
}

extension Predictor: AnyPredictor {}
