import Prisma
package import PrismaSchema

// What is wrong with a definition, as far as it can be told without a row.
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
            problems += leaks(of: feature, in: schema) + feature.problems(for: task)
            if feature.trend != .any, !algorithm.keepsToTrends {
                problems.append("the feature \"\(feature.name)\" has a trend, to which only .gradientBoostedTrees and .randomForest keep")
            }
        }
        problems += algorithm.problems(for: task) + thresholdProblems + classWeights.problems(for: task) + split.problems
        if let folds, let problem = Self.problem(folds: folds) { problems.append(problem) }
        return problems
    }

    /// What is wrong with a number of folds.
    package static func problem(folds: Int) -> String? {
        (2...100).contains(folds) ? nil : "there are \(folds) folds; use 2 to 100"
    }

    private var thresholdProblems: [String] {
        switch threshold {
        case .fixed(let value) where !(value > 0 && value < 1): return ["the threshold is \(value); it must be between 0 and 1"]
        // What stands there if nothing is said.
        case .fixed(0.5): return []
        case .fixed, .largestF1:
            var problems: [String] = []
            if task.isBinary == false {
                let label = task == .regression ? "a number" : "one of several classes"
                problems.append("a threshold decides between two classes, and the label is \(label)")
            }
            if threshold == .largestF1, split.validation == 0 {
                problems.append("the threshold with the largest F1 is chosen on the validation rows, of which the split has none")
            }
            return problems
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

extension PredictorTask {
    /// Whether the label is one of two classes; nil where the rows decide.
    package var isBinary: Bool? {
        switch self {
        case .binary: true
        case .regression: false
        case .classes(let names): names.map { $0.count == 2 }
        }
    }

    /// The classes that the label can have; nil where the rows decide.
    var knownClasses: [String]? {
        switch self {
        case .binary: ["false", "true"]
        case .regression: []
        case .classes(let names): names
        }
    }
}

extension ClassWeights {
    fileprivate func problems(for task: PredictorTask) -> [String] {
        if task == .regression { return self == .equal ? [] : ["class weights need a label with classes"] }
        guard case .named(let weights) = self else { return [] }
        let wrong = weights.sorted { $0.key < $1.key }.filter { !($0.value >= 0 && $0.value.isFinite) }
        return wrong.map { "the weight of the class \"\($0.key)\" is \($0.value); it must be 0 or more" }
            + (task.knownClasses.map(unknownClasses) ?? [])
    }

    /// A sentence for each class that has a weight and is none of the label's.
    package func unknownClasses(among classes: [String]) -> [String] {
        guard case .named(let weights) = self else { return [] }
        return weights.keys.sorted().filter { !classes.contains($0) }.map { name in
            let nearest = Suggestion.closest(to: name, in: classes).map { "; did you mean \"\($0)\"?" }
            let known = classes.prefix(20).joined(separator: ", ") + (classes.count > 20 ? ", …" : "")
            return "the label has no class \"\(name)\", which has a weight\(nearest ?? ": it has \(known)")"
        }
    }
}

extension SplitRule {
    fileprivate var problems: [String] {
        var problems: [String] = []
        if !(validation >= 0 && holdout > 0 && validation + holdout < 1) {
            problems.append("validation and holdout must be parts of the rows that leave some to train on")
        }
        if case .chronological(let node) = method, node.type != .date, !node.type.isNumber {
            problems.append("the rows are split by a value that is neither a date nor a number, and so has no time")
        }
        return problems
    }
}
