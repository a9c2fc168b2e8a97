public import Prisma

extension Predictor: Includable {
    /// Puts a prediction beside each row: the features ride along in the query for the rows. A row that fails fails the query.
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Prediction<Label>> {
        let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
        let (labels, reader) = (labels, try loaded.reader(definition, in: engine, besideRecord: true))
        return Inclusion(selections: reader.selections) { [now = engine.instant] in
            PredictionCollector(features: EncodedRows(loaded, reader, now: now)) { features in try features.allPredictions(by: labels) }
        }
    }

    /// The predictor with each row's own error in place of its answer, where there is one: a row that fails leaves the others alone.
    ///
    /// ```swift
    /// for (user, result) in try await prisma.user.findMany(include: churn.perRow) {
    ///     switch result {
    ///     case .success(let risk): print(user.email, risk.probability)
    ///     case .failure(let error): print(user.email, error)
    ///     }
    /// }
    /// ```
    public var perRow: PerRowPredictor<Model, Label> { PerRowPredictor(predictor: self) }

    /// The prediction as something to ask of a row, in `where`, `orderBy`, `select`, `aggregate`, `groupBy` and in conditions on relations.
    ///
    /// ```swift
    /// prisma.user.findMany(where: { churn($0).probability > 0.8 }, orderBy: { churn($0).probability.descending }, take: 20)
    /// ```
    public func callAsFunction(_ columns: Model.Columns) -> PredictedRow {
        PredictedRow(
            predictor: PredictedFunction(definition, store, depth: columns.rowScope.depth),
            explanation: PredictedExplanation(definition: definition, store: store))
    }
}

/// Includes predictions with the error of each row that fails.
public struct PerRowPredictor<Model: Record, Label: ColumnValue>: Includable {
    let predictor: Predictor<Model, Label>

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Result<Prediction<Label>, PredictorError>> {
        let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        let (labels, reader) = (predictor.labels, try loaded.reader(predictor.definition, in: engine, besideRecord: true))
        return Inclusion(selections: reader.selections) { [now = engine.instant] in
            PredictionCollector(features: EncodedRows(loaded, reader, now: now, isStrict: false)) { features in
                try features.predictions(by: labels)
            }
        }
    }
}

/// A prediction inside an expression.
public struct PredictedRow: Sendable {
    let predictor: PredictedFunction

    /// Of two classes the probability of the second one, of `true` and `false` that of `true`; of several that of the likeliest.
    public var probability: RowExpression<Double> { RowExpression(node: predictor.node) }

    /// The number that is predicted; for classes the probability.
    public var score: RowExpression<Double> { RowExpression(node: predictor.node) }

    /// What moved the answer, to be included: `include: { ($0.orders, churn($0).explanation) }`.
    public let explanation: PredictedExplanation
}

/// A predictor as a function of its features.
struct PredictedFunction: Sendable {
    let node: ExpressionNode

    static func name(_ definition: PredictorDefinition, _ store: ArtifactStore) -> String {
        "prisml_\(definition.hash.prefix(16))_\(SHA256.hex(store.directory).prefix(8))"
    }

    /// - Parameter depth: the scope of the row that it is asked of; the definition's features are of the outermost.
    init(_ definition: PredictorDefinition, _ store: ArtifactStore, depth: Int) {
        let function = RowFunction(
            name: Self.name(definition, store), type: .double,
            prepare: { engine in
                let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
                let reader = try loaded.reader(definition, in: engine, besideRecord: false)
                return RowFunction.Prepared(
                    identity: "\(loaded.version) \(ObjectIdentifier(loaded).hashValue)", body: { row in try loaded.scoreInQuery(of: &row) },
                    batches: RowFunction.Batches(selections: reader.selections) { now in
                        ScoreBatch(loaded, reader, now: now)
                    },
                    narrowing: { [dialect = engine.dialect] comparison, limit, arguments in
                        loaded.bounds?.condition(comparison, limit, on: definition.expressions(among: arguments), dialect)
                    })
            })
        node = .function(function, definition.features.flatMap(\.selections).map { depth == 0 ? $0 : $0.movedOut(by: -depth) })
    }
}

extension PredictorDefinition {
    /// Of the arguments of its function those that are a feature's expression; nil for features that code computes.
    fileprivate func expressions(among arguments: [ExpressionNode]) -> [ExpressionNode?] {
        var position = 0
        return features.map { feature in
            defer { position += feature.selections.count }
            return feature.computation == nil && arguments.indices.contains(position) ? arguments[position] : nil
        }
    }
}

extension LoadedPredictor {
    /// One row's score for a database, whose errors are a query's; the code stays the predictor's.
    fileprivate func scoreInQuery(of row: inout SQLRow) throws -> Double {
        do {
            return try score(of: &row)
        } catch let error as PredictorError {
            throw inQuery(error)
        }
    }

    fileprivate func inQuery(_ error: PredictorError) -> PrismaError {
        PrismaError(PrismaError.Code(rawValue: error.code.rawValue), "predictor \(name): \(error.message)", help: error.help)
    }
}

/// Rows of a query that are scored at once.
private struct ScoreBatch: RowFunctionBatch {
    private let loaded: LoadedPredictor
    private var rows: EncodedRows

    init(_ loaded: LoadedPredictor, _ reader: FeatureReader, now: Int64) {
        self.loaded = loaded
        rows = EncodedRows(loaded, reader, now: now)
    }

    mutating func append(_ row: inout SQLRow) throws {
        do throws(PredictorError) {
            try rows.append(&row)
        } catch {
            throw loaded.inQuery(error)
        }
    }

    consuming func answers() throws -> [Double] {
        let (scores, width) = (try rows.scores(), loaded.scoreCount)
        do throws(PredictorError) {
            var answers: [Double] = []
            answers.reserveCapacity(rows.count)
            for row in 0..<rows.count { answers.append(try loaded.finiteScore(scores[row * width..<(row + 1) * width])) }
            return answers
        } catch {
            throw loaded.inQuery(error)
        }
    }
}
