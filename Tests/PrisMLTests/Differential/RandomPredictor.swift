import ONNX
import PrisMLTraining
import Prisma
import PrismaSchema
import ShopClient

@testable import PrisML

/// A feature that a random predictor may have, and what is worth comparing it with.
struct FeatureChoice<Model: Record>: Sendable {
    enum Values: Sendable {
        case numbers([Float])
        case texts([String])
    }

    let name: String
    let values: Values
    let make: @Sendable (Model.Columns) -> Feature

    static func number<Value: ColumnValue>(
        _ name: String, _ cuts: [Float], _ expression: @escaping @Sendable (Model.Columns) -> RowExpression<Value>
    ) -> Self {
        Self(name: name, values: .numbers(cuts)) { Feature(name, expression($0)) }
    }

    static func text<Value: ColumnValue>(
        _ name: String, _ texts: [String], _ expression: @escaping @Sendable (Model.Columns) -> RowExpression<Value>
    ) -> Self {
        Self(name: name, values: .texts(texts)) { Feature(name, expression($0)) }
    }
}

/// A predictor of any label, with what the tests ask of it.
struct AnyScored<Model: Record>: Sendable {
    let description: String
    let score: @Sendable (Model.Columns) -> RowExpression<Double>
    /// Each row with its score, as an include has them.
    let included: @Sendable (ModelQueries<Model>) async throws -> [(row: Model, score: Double)]
    /// The scores of rows in hand; nil where the features need more than those.
    let inHand: @Sendable (PrismaClient, [Model]) async throws -> [Double]?

    /// Customers with the rows of a relation and the score of each.
    let nested:
        @Sendable (PrismaClient, (User.Columns) -> ToMany<Model>) async throws -> [(user: User, rows: [(row: Model, score: Double)])]

    /// The rows of a query with their scores, read while they are used.
    let streamed:
        @Sendable (
            ModelQueries<Model>, ModelQueries<Model>.Condition?, ModelQueries<Model>.Ordering, _ take: Int?, _ skip: Int?, _ batch: Int
        ) throws -> AsyncThrowingStream<(Model, Double), any Error>

    init<Label>(_ predictor: Predictor<Model, Label>, description: String) {
        streamed = { queries, condition, order, take, skip, batch in
            let rows = try queries.stream(
                where: condition, orderBy: { order($0) }, take: take, skip: skip, batch: batch, include: predictor)
            return AsyncThrowingStream { continuation in
                Task {
                    do {
                        for try await (row, answer) in rows { continuation.yield((row, answer.score)) }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
            }
        }
        nested = { prisma, relation in
            try await prisma.user.findMany(include: { relation($0).include { _ in predictor } }).map { user, rows in
                (user: user, rows: rows.map { (row: $0.0, score: $0.1.score) })
            }
        }
        self.description = description
        score = { predictor($0).score }
        included = { try await $0.findMany(include: predictor).map { (row: $0.0, score: $0.1.score) } }
        inHand = { prisma, rows in
            let ready = try await predictor.load(with: prisma)
            do {
                return try ready.predict(rows).map(\.score)
            } catch let error as PredictorError where error.code == .needsMore {
                return nil
            }
        }
    }
}

/// Makes predictors that nobody trained: random features, random encodings, a random model over their columns.
struct PredictorMaker<Model: Record> {
    let choices: [FeatureChoice<Model>]
    let engine: PrismaEngine
    let folder: String
    var random: RandomSequence

    private enum Task: Int { case binary, classes, number }

    mutating func make(_ name: String) throws -> AnyScored<Model> {
        let chosen = random.some(of: choices, atMost: 5)
        let task = Task(rawValue: random.next(below: 3)) ?? .binary
        switch task {
        case .binary:
            return try written(
                Predictor(name, on: Model.self, predicting: { _ in RowExpression<Bool>(node: .literal(.bool(true), .bool)) }) { columns in
                    for choice in chosen { choice.make(columns) }
                }, classes: ["false", "true"], chosen)
        case .classes:
            return try written(
                Predictor(name, on: Model.self, predicting: { _ in RowExpression<String>(node: .literal(.text(""), .string)) }) { columns in
                    for choice in chosen { choice.make(columns) }
                }, classes: ["a", "b", "c"], chosen)
        case .number:
            return try written(
                Predictor(name, on: Model.self, predicting: { _ in RowExpression<Double>(node: .literal(.double(0), .double)) }) {
                    columns in
                    for choice in chosen { choice.make(columns) }
                }, classes: [], chosen)
        }
    }

    private mutating func written<Label>(
        _ predictor: Predictor<Model, Label>, classes: [String], _ chosen: [FeatureChoice<Model>]
    ) throws -> AnyScored<Model> {
        let predictor = predictor.stored(in: folder)
        var encoders: [FeatureEncoder] = []
        var cuts: [[Float]] = []
        for choice in chosen {
            let encoder = encoder(choice)
            encoders.append(encoder)
            if case .numbers(let own) = choice.values {
                cuts.append(own)
            } else {
                cuts += [[Float]](repeating: [0.3, 0.5, 1, 1.5], count: encoder.width)
            }
        }
        let (model, kind) = try model(cuts, classes)
        try predictor.write(model, encoders, classes: classes, schema: engine.schema)
        let features = encoders.map { "\($0.feature): \($0.method)" }.joined(separator: ", ")
        return AnyScored(predictor, description: "\(predictor.name): \(kind) of [\(features)]")
    }

    private mutating func encoder(_ choice: FeatureChoice<Model>) -> FeatureEncoder {
        let method: FeatureEncoder.Method
        switch choice.values {
        case .numbers: method = .number
        case .texts(let texts):
            let known = random.some(of: texts, atMost: 3)
            switch random.next(below: 5) {
            // A training gives an enum a column for each of its values.
            case 0: method = .oneHot(choice.name == "plan" ? texts : known)
            case 1: method = .ordinal(known)
            case 2: method = .hashed(buckets: 1 + random.next(below: 4))
            case 3: method = .targetMean(Dictionary(uniqueKeysWithValues: known.map { ($0, random.nextUnit() * 2) }), other: 0.4)
            default:
                let terms = known.flatMap(TermWeights.terms(of:)).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                method = terms.isEmpty ? .hashed(buckets: 2) : .tfidf(TermWeights(terms: terms, rarities: terms.map { _ in 1.5 }))
            }
        }
        let nulls: [Float] = [.nan, .nan, 0, 1, 3.5]
        return FeatureEncoder(feature: choice.name, method: method, null: nulls[random.next(below: 5)])
    }

    private mutating func model(_ cuts: [[Float]], _ classes: [String]) throws -> (ONNXModel, String) {
        let labels = ClassLabels.strings(classes)
        var builder = PipelineBuilder(columns: cuts.count)
        let outputs = max(1, classes.count)
        // Rows with the same answer are what orders must agree about, so most numbers are coarse.
        func weight(_ random: inout RandomSequence) -> Float { Float(random.next(below: 9)) / 4 - 1 }
        if random.next(below: 4) == 0 {
            builder.impute(with: cuts.map { _ in 0.5 })
            if random.next(below: 2) == 0 {
                builder.scale(offsets: cuts.map { _ in 0.25 }, scales: cuts.map { _ in 0.125 })
            }
            let count = classes.count == 2 ? 1 : outputs
            let coefficients = (0..<count).map { _ in cuts.map { _ in weight(&random) / 8 } }
            let intercepts = (0..<count).map { _ in weight(&random) }
            if classes.isEmpty { return (try builder.linearRegressor(coefficients: coefficients, intercepts: intercepts), "linear number") }
            return (
                try builder.linearClassifier(
                    coefficients: coefficients, intercepts: intercepts, labels: labels, transform: classes.count == 2 ? .logistic : .softmax
                ),
                "linear \(classes.count) classes"
            )
        }
        let isForest = !classes.isEmpty && random.next(below: 3) == 0
        let mode: TreeEnsemble.Mode = random.next(below: 2) == 0 ? .less : .lessOrEqual
        let trees = (0..<1 + random.next(below: 6)).map { _ in
            tree(cuts, mode, depth: random.next(below: 5)) { random in
                if isForest { return (0..<outputs).map { (output: $0, weight: Float(1 + random.next(below: 4)) / 16) } }
                return [(output: classes.count == 2 ? 0 : random.next(below: UInt32(outputs)), weight: weight(&random))]
            }
        }
        if classes.isEmpty { return (try builder.regressor(trees, baseValues: [0.5]), "trees, number") }
        if isForest { return (try builder.classifier(trees, labels: labels), "forest, \(classes.count) classes") }
        let transform: PostTransform = classes.count == 2 ? .logistic : .softmax
        return (try builder.classifier(trees, labels: labels, transform: transform), "trees, \(classes.count) classes")
    }

    private mutating func tree(
        _ cuts: [[Float]], _ mode: TreeEnsemble.Mode, depth: Int, _ leaf: (inout RandomSequence) -> [(output: Int, weight: Float)]
    ) -> EnsembleTree {
        var nodes: [EnsembleTree.Node] = []
        func grow(_ depth: Int) -> Int {
            let place = nodes.count
            nodes.append(.leaf([]))
            guard depth > 0 else {
                nodes[place] = .leaf(leaf(&random))
                return place
            }
            let column = random.next(below: UInt32(cuts.count))
            let threshold = cuts[column][random.next(below: UInt32(cuts[column].count))]
            let missing = random.next(below: 2) == 0
            let (yes, no) = (grow(depth - 1), grow(depth - 1))
            nodes[place] = .branch(feature: column, mode: mode, threshold: threshold, missingGoesYes: missing, yes: yes, no: no)
            return place
        }
        _ = grow(depth)
        return EnsembleTree(nodes)
    }
}

extension Predictor {
    /// Writes a model that nobody trained as the predictor's next version.
    @discardableResult
    func write(_ model: ONNXModel, _ encoders: [FeatureEncoder], classes: [String], schema: Schema) throws -> String {
        try store.write(
            name: name, model: model.encoded(),
            metadata: ["encoders": .array(encoders.map(\.json)), "classes": .array(classes.map(JSON.string)), "threshold": 0.5],
            definition: definition, schema: schema, run: [:], report: ""
        ).version
    }
}

extension RandomSequence {
    /// One to `limit` different elements.
    mutating func some<Element>(of elements: [Element], atMost limit: Int) -> [Element] {
        Array(elements.shuffled(using: &self).prefix(1 + next(below: UInt32(limit))))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(below: UInt32(elements.count))] }
}
