/// All that a report of a training shows.
package struct TrainingReport: Sendable {
    /// The predictor, and what it answers about which rows: `churn`, `User.isChurned`.
    package var name: String
    package var subject: String
    package var task: LearningTask
    /// The names of the classes; empty for a regression.
    package var classes: [String]
    /// Facts for the head of the page, in order: `Algorithm`, `gradient boosted trees`.
    package var facts: [(name: String, value: String)]
    /// The shares of the split: `training`, 7000.
    package var split: [(name: String, rows: Int)]
    package var evaluation: Evaluation
    package var baseline: Evaluation?
    /// The active version on the same holdout.
    package var active: Evaluation?
    package var curves: Curves
    package var gates: [GateVerdict]
    package var importances: [FeatureImportance]
    package var distributions: [(feature: String, distribution: FeatureDistribution)]
    /// The loss on the validation rows after each round.
    package var losses: [Double]
    package var crossValidation: CrossValidation?

    package init(
        name: String, subject: String, rows: ScoredRows, classes: [String], evaluation: Evaluation, baseline: Evaluation? = nil,
        active: Evaluation? = nil, gates: [GateVerdict] = [], importances: [FeatureImportance] = [],
        distributions: [(feature: String, distribution: FeatureDistribution)] = [], losses: [Double] = [],
        crossValidation: CrossValidation? = nil, split: [(name: String, rows: Int)] = [], facts: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.subject = subject
        task = rows.task
        self.classes = classes
        self.facts = facts
        self.split = split
        self.evaluation = evaluation
        self.baseline = baseline
        self.active = active
        curves = Curves(rows)
        self.gates = gates
        self.importances = importances
        self.distributions = distributions
        self.losses = losses
        self.crossValidation = crossValidation
    }
}
