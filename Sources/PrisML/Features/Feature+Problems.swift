import Prisma

// What is wrong with a feature, as far as it can be told without a row.
extension Feature {
    func problems(for task: PredictorTask) -> [String] {
        var problems: [String] = []
        if name.isEmpty { problems.append("a feature has an empty name") }
        if computation != nil, selections.isEmpty { problems.append("the feature \"\(name)\" reads nothing of the row") }
        if trend != .any, !node.type.isNumber { problems.append("the feature \"\(name)\" has a trend, which only numbers can have") }
        switch (node.type, encoding) {
        case (.enumeration, .tfidf): problems.append("the feature \"\(name)\" is an enum; words are for text")
        case (.string, _), (.enumeration, _): problems += nullProblems
        case (.date, _):
            problems.append("the feature \"\(name)\" is a date; use how long ago it is: `.days(until: .now)`, or a part of it")
        case (.bytes, _), (.json, _), (.list, _):
            problems.append("the feature \"\(name)\" is of a type that is no number or category")
        case (_, .automatic): break
        default: problems.append("the feature \"\(name)\" is a number; encodings are for text and enums")
        }
        if case .constant(let value) = nulls, !value.isFinite || !Float(value).isFinite {
            problems.append("the feature \"\(name)\" has \(value) for nulls, which is no number to train on")
        }
        return problems + encodingProblems(for: task)
    }

    /// A category has no mean, and no number that could stand in columns of which each is a value of its own.
    private var nullProblems: [String] {
        switch (nulls, encoding) {
        case (.mean, _), (.median, _):
            ["the feature \"\(name)\" is a category, which has no \(nulls == .mean ? "mean" : "median"); use nulls: .mostFrequent"]
        case (.constant, .ordinal), (.constant, .targetMean): []
        case (.constant(let value), _):
            [
                """
                the feature "\(name)" has \(value) for nulls, and no single column that it could stand in; leave a null as none of the \
                values, or use nulls: .mostFrequent
                """
            ]
        default: []
        }
    }

    private func encodingProblems(for task: PredictorTask) -> [String] {
        switch encoding {
        case .oneHot(let top) where top < 1: return ["the feature \"\(name)\" one-hot encodes \(top) values; use at least 1"]
        case .hashed(let buckets) where !(1...4096).contains(buckets):
            return ["the feature \"\(name)\" hashes into \(buckets) buckets; use 1 to 4096"]
        case .tfidf(let maxFeatures) where !(1...4096).contains(maxFeatures):
            return ["the feature \"\(name)\" keeps \(maxFeatures) words; use 1 to 4096"]
        case .targetMean(let smoothing) where !(smoothing >= 0 && smoothing.isFinite):
            return ["the feature \"\(name)\" has a smoothing of \(smoothing); use 0 or more"]
        case .targetMean where task != .regression && task.isBinary != true:
            return ["the feature \"\(name)\": a target mean needs a label of two classes or a number"]
        default: return []
        }
    }
}
