import PrisML

/// What a training needs of its rows, so that a share of the split and a class in it mean something.
///
/// It is asked for before anything is trained.
enum EnoughRows {
    /// With fewer rows a holdout of a fifth has hardly more than three, and says nothing.
    static let leastRows = 20
    /// Of one row of a class nothing can be told apart from that row.
    static let leastRowsOfClass = 2
}

extension ExtractedRows {
    /// Refuses rows that are too few to be split.
    func requireEnough(for definition: PredictorDefinition, limit: Int?) throws {
        guard count < EnoughRows.leastRows else { return }
        let rows = "of \(definition.model) with a label"
        let message =
            switch count {
            case 0: "no row of \(definition.model) has a label"
            case 1: "1 row \(rows) is too few: a training needs \(EnoughRows.leastRows)"
            default: "\(count) rows \(rows) are too few: a training needs \(EnoughRows.leastRows)"
            }
        var next = "fill the label for \(count == 0 ? "some" : "more") rows, or look at the predictor's condition"
        if let limit, limit < EnoughRows.leastRows { next = "read more rows: the limit is \(limit)" }
        throw TrainingError(.invalidData, message, at: "predictor \(definition.name)", suggestion: next)
    }
}

extension ExtractedRows {
    /// A sentence for each feature that is null in every row: nothing can be learned from it, and most often something is not filled.
    func emptyFeatures(of definition: PredictorDefinition) -> [String] {
        zip(definition.features, columns).filter { $1.isAllNull }.map { feature, _ in
            "the feature \"\(feature.name)\" is null in all \(count) rows, and nothing is learned from it"
        }
    }
}

extension RawColumn {
    fileprivate var isAllNull: Bool {
        switch self {
        case .numbers(let values): values.allSatisfy(\.isNaN)
        case .categories(let codes, _): codes.allSatisfy { $0 < 0 }
        }
    }
}

extension PreparedRows {
    /// Refuses training rows of which the label, or a class of it, cannot be learned.
    func requireLearnable(for definition: PredictorDefinition) throws {
        let labels = split.training.map { self.labels[$0] }
        let counts = classes.indices.map { index in labels.count { $0 == Float(index) } }
        let place = "predictor \(definition.name)"
        let isConstant = task == .regression ? Set(labels).count < 2 : counts.count(where: { $0 > 0 }) < 2
        guard !isConstant else {
            let name = zip(classes, counts).first { $1 > 0 }?.0
            throw TrainingError(
                .invalidData,
                name.map { "all \(labels.count) rows to train on are of one class, '\($0)'" }
                    ?? "all \(labels.count) rows to train on have the same label",
                at: place, suggestion: "there is nothing to tell apart; look at the predictor's condition and label, and at its split")
        }
        let rare = zip(classes, counts).filter { $1 > 0 && $1 < EnoughRows.leastRowsOfClass }
        guard rare.isEmpty else {
            let named = rare.prefix(5).map { "'\($0.0)' has \($0.1)" }.joined(separator: ", ") + (rare.count > 5 ? ", …" : "")
            throw TrainingError(
                .invalidData, "each class needs \(EnoughRows.leastRowsOfClass) rows to train on: \(named)", at: place,
                suggestion:
                    "label more rows of \(rare.count == 1 ? "the class" : "these classes"), or leave the class out with .trained { … }")
        }
    }
}
