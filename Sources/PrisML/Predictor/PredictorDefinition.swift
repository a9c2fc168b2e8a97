package import Prisma
package import PrismaSchema
internal import Synchronization

/// What a predictor is, without its Swift types: what is hashed, trained from and compared with an artifact.
public struct PredictorDefinition: Hashable, Sendable {
    public let name: String
    public let model: String
    package let label: ExpressionNode
    package let task: PredictorTask
    public let features: [Feature]
    package var algorithm = Algorithm.gradientBoostedTrees()
    package var gates: [Gate] = []
    package var split = SplitRule.standard
    package var filter: ExpressionNode?
    package var asOf: ExpressionNode?
    package var seed: UInt64 = 0
    package var threshold = ThresholdRule.fixed(0.5)
    package var classWeights = ClassWeights.equal
    /// How many folds a cross-validation has; it says more about the model and changes nothing of it, so that it is not hashed.
    package var folds: Int?

    package init(name: String, model: String, label: ExpressionNode, task: PredictorTask, features: [Feature]) {
        self.name = name
        self.model = model
        self.label = label
        self.task = task
        self.features = features
    }
}

// MARK: - Identity

extension PredictorDefinition {
    /// The identity of each feature: its expression, its encoding and what stands for nulls.
    package var featureHashes: [String: String] {
        Dictionary(features.map { ($0.name, SHA256.hex($0.canonical.text)) }, uniquingKeysWith: { first, _ in first })
    }

    /// All that decides what a trained model answers, apart from the rows.
    package var canonical: JSON {
        [
            "model": .string(model), "label": .string(CanonicalForm.encode(label)), "features": .array(features.map(\.canonical)),
            "algorithm": algorithm.canonical, "threshold": threshold.canonical, "classWeights": classWeights.canonical,
            "split": split.canonical,
            "filter": filter.map { .string(CanonicalForm.encode($0)) } ?? .null,
            "asOf": asOf.map { .string(CanonicalForm.encode($0)) } ?? .null,
        ]
    }

    /// Computed once for each definition of a process, since queries ask for it.
    package var hash: String {
        if let known = Self.hashes.withLock({ $0[self] }) { return known }
        let hash = SHA256.hex(canonical.text)
        Self.hashes.withLock { $0[self] = hash }
        return hash
    }

    private static let hashes = Mutex<[PredictorDefinition: String]>([:])

    /// Everything that the expressions read, features first.
    package var dependencies: ExpressionDependencies {
        ExpressionDependencies(features.map(\.node) + [label] + [filter, asOf].compactMap(\.self))
    }

    /// The part of the schema that the predictor reads: a change anywhere else leaves its artifacts valid.
    package func schemaPart(in schema: Schema) -> SchemaPart {
        SchemaPart(dependencies.columns.union(dependencies.relations), of: schema)
    }

    /// What reads a member of the schema, in words: `plan`, `orders90d, averageOrder`, `the label`.
    package func readers(of member: String) -> String {
        func reads(_ node: ExpressionNode) -> Bool {
            let dependencies = ExpressionDependencies([node])
            return dependencies.columns.union(dependencies.relations).contains { "\($0.model).\($0.field)" == member }
        }
        var readers = features.filter { reads($0.node) }.map(\.name)
        if reads(label) { readers.append("the label") }
        if let filter, reads(filter) { readers.append("the condition") }
        if let asOf, reads(asOf) { readers.append("the point in time") }
        return readers.joined(separator: ", ")
    }
}

extension Feature {
    var canonical: JSON {
        [
            "name": .string(name), "expression": .string(CanonicalForm.encode(node)), "encoding": encoding.canonical,
            "nulls": nulls.canonical, "trend": .string(trend.rawValue),
        ]
    }
}
