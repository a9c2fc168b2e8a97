public import Prisma

extension Predictor: Includable {
    /// Puts a prediction beside each row: the features ride along in the query for the rows.
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Prediction<Label>> {
        let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
        let predictor = self
        return Inclusion(selections: definition.features.flatMap(\.selections)) {
            PredictionCollector(predictor: predictor, loaded: loaded)
        }
    }

    /// The prediction as something to ask of a row, in `where`, `orderBy` and `select`.
    ///
    /// ```swift
    /// prisma.user.findMany(where: { churn($0).probability > 0.8 }, orderBy: { churn($0).probability.descending }, take: 20)
    /// ```
    public func callAsFunction(_ columns: Model.Columns) -> PredictedRow {
        PredictedRow(predictor: PredictedFunction(definition, store))
    }

    func prediction(_ scores: ArraySlice<Float>, _ loaded: LoadedPredictor) throws -> Prediction<Label> {
        let score = loaded.score(scores)
        let chosen = loaded.predictedClass(scores)
        guard let label = labelled(chosen.map { loaded.classes[$0] }, score) else {
            throw PredictorError(
                .evaluationFailed, predictor: name,
                "The model answered \(chosen.map { loaded.classes[$0] } ?? "\(score)"), which is no \(Label.self).",
                help: "Train again: the label's values changed since.")
        }
        var probabilities: [(label: Label, probability: Double)] = []
        if !loaded.classes.isEmpty {
            let each = scores.count == loaded.classes.count ? scores.map(Double.init) : [1 - score, score]
            for (name, probability) in zip(loaded.classes, each) {
                if let label = labelled(name, score) { probabilities.append((label, probability)) }
            }
            probabilities.sort { $0.probability > $1.probability }
        }
        return Prediction(
            label: label, probability: loaded.classes.isEmpty ? 1 : score, probabilities: probabilities, score: score,
            version: loaded.version)
    }
}

/// A prediction inside an expression.
public struct PredictedRow: Sendable {
    let predictor: PredictedFunction

    /// For true and false the probability of true; for several classes that of the likeliest.
    public var probability: RowExpression<Double> { RowExpression(node: predictor.node) }

    /// The number that is predicted; for classes the probability.
    public var score: RowExpression<Double> { RowExpression(node: predictor.node) }
}

/// A predictor as a function of its features.
struct PredictedFunction: Sendable {
    let node: ExpressionNode

    init(_ definition: PredictorDefinition, _ store: ArtifactStore) {
        let function = RowFunction(
            name: "prisml_\(definition.hash.prefix(16))_\(SHA256.hex(store.directory).prefix(8))", type: .double,
            prepare: { engine in
                let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
                return RowFunction.Prepared(identity: loaded.version) { row in try loaded.score(of: &row) }
            })
        node = .function(function, definition.features.flatMap(\.selections))
    }
}

/// Gathers the features of the rows of a query, then scores all rows in one go.
private struct PredictionCollector<Model: Record, Label: ColumnValue>: InclusionCollector {
    let predictor: Predictor<Model, Label>
    let loaded: LoadedPredictor
    private var features: EncodedRows

    init(predictor: Predictor<Model, Label>, loaded: LoadedPredictor) {
        self.predictor = predictor
        self.loaded = loaded
        features = EncodedRows(loaded)
    }

    mutating func collect(_ row: inout SQLRow) throws {
        try features.append(&row)
    }

    consuming func load(in context: QueryContext) async throws -> [Prediction<Label>] {
        let scores = try loaded.scores(features.values)
        let width = loaded.scoreCount
        return try (0..<features.count).map { try predictor.prediction(scores[$0 * width..<($0 + 1) * width], loaded) }
    }
}
