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

// MARK: - Validation

extension PredictorDefinition {
    /// Everything that keeps the definition from being trained; empty if nothing does.
    package func problems(in schema: Schema) -> [String] {
        var problems: [String] = []
        if name.isEmpty || !name.utf8.allSatisfy(Self.isNameByte) {
            problems.append("the name \"\(name)\" is used as a folder's name: use letters, digits, - and _")
        }
        if features.isEmpty { problems.append("it has no features") }
        var seen: Set<String> = []
        for feature in features where !seen.insert(feature.name).inserted {
            problems.append("two features are named \"\(feature.name)\"")
        }
        for member in dependencies.columns.union(dependencies.relations).sorted()
        where schema.model(named: member.model)?.field(named: member.field) == nil {
            problems.append("it reads \(member.model).\(member.field), which the schema does not have")
        }
        for feature in features {
            problems += leaks(of: feature, in: schema)
            problems += feature.problems(for: task)
        }
        problems += algorithm.problems(for: task)
        if case .fixed(let value) = threshold, !(value > 0 && value < 1) {
            problems.append("the threshold is \(value); it must be between 0 and 1")
        }
        if task == .regression, classWeights != .equal { problems.append("class weights need a label with classes") }
        if case .named(let weights) = classWeights, let weight = weights.first(where: { !($0.value >= 0 && $0.value.isFinite) }) {
            problems.append("the weight of the class \"\(weight.key)\" is \(weight.value); it must be 0 or more")
        }
        if split.validation < 0 || split.holdout <= 0 || split.validation + split.holdout >= 1 {
            problems.append("validation and holdout must be parts of the rows that leave some to train on")
        }
        if let folds, !(2...100).contains(folds) { problems.append("there are \(folds) folds; use 2 to 100") }
        return problems
    }

    /// Throws one error that lists all problems.
    package func validate(in schema: Schema) throws(PredictorError) {
        let problems = problems(in: schema)
        guard problems.isEmpty else {
            throw PredictorError(
                .invalidDefinition, predictor: name, problems.joined(separator: "; "), help: "Correct the definition; no row was read.")
        }
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Feature {
    fileprivate func problems(for task: PredictorTask) -> [String] {
        var problems: [String] = []
        if name.isEmpty { problems.append("a feature has an empty name") }
        if computation != nil, selections.isEmpty { problems.append("the feature \"\(name)\" reads nothing of the row") }
        if trend != .any, !node.type.isNumber { problems.append("the feature \"\(name)\" has a trend, which only numbers can have") }
        switch (node.type, encoding) {
        case (.enumeration, .tfidf): problems.append("the feature \"\(name)\" is an enum; words are for text")
        case (.string, _), (.enumeration, _): break
        case (.date, _):
            problems.append("the feature \"\(name)\" is a date; use how long ago it is: `.days(until: .now)`, or a part of it")
        case (.bytes, _), (.json, _), (.list, _):
            problems.append("the feature \"\(name)\" is of a type that is no number or category")
        case (_, .automatic): break
        default: problems.append("the feature \"\(name)\" is a number; encodings are for text and enums")
        }
        switch encoding {
        case .oneHot(let top) where top < 1: problems.append("the feature \"\(name)\" one-hot encodes \(top) values; use at least 1")
        case .hashed(let buckets) where !(1...4096).contains(buckets):
            problems.append("the feature \"\(name)\" hashes into \(buckets) buckets; use 1 to 4096")
        case .tfidf(let maxFeatures) where !(1...4096).contains(maxFeatures):
            problems.append("the feature \"\(name)\" keeps \(maxFeatures) words; use 1 to 4096")
        case .targetMean(let smoothing) where !(smoothing >= 0 && smoothing.isFinite):
            problems.append("the feature \"\(name)\" has a smoothing of \(smoothing); use 0 or more")
        case .targetMean:
            if case .classes = task { problems.append("the feature \"\(name)\": a target mean needs a label of two classes or a number") }
        default: break
        }
        return problems
    }
}

extension Algorithm {
    fileprivate func problems(for task: PredictorTask) -> [String] {
        func fraction(_ name: String, _ value: Double) -> String? {
            value > 0 && value <= 1 ? nil : "\(name) is \(value); it must be above 0 and at most 1"
        }
        func count(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
            range.contains(value) ? nil : "\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)"
        }
        switch self {
        case .gradientBoostedTrees(let p):
            return [
                count("rounds", p.rounds, 1...100_000), count("depth", p.depth, 1...16), fraction("learningRate", p.learningRate),
                fraction("rowSample", p.rowSample), fraction("columnSample", p.columnSample),
            ].compactMap(\.self)
        case .randomForest(let p):
            return [
                count("trees", p.trees, 1...10_000), count("depth", p.depth, 1...16), fraction("rowSample", p.rowSample),
                fraction("columnSample", p.columnSample),
            ].compactMap(\.self)
        case .linear(let p): return p.l2 >= 0 && p.l2.isFinite ? [] : ["l2 is \(p.l2); it must be 0 or more"]
        case .scikitLearn(let name, _):
            return name.hasPrefix("sklearn.")
                ? [] : ["\"\(name)\" is not the full name of a scikit-learn estimator, as sklearn.ensemble.ExtraTreesClassifier"]
        case .python(let script): return script.isEmpty ? ["the script has no name"] : []
        }
    }
}
