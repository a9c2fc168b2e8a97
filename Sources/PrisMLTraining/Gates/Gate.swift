/// A condition that a model must meet before it may replace another.
package enum Gate: Sendable, Hashable, Codable {
    case atLeast(MetricKind, Double)
    case atMost(MetricKind, Double)
    /// Better than the active version on the same holdout, by this metric or by the task's first one.
    case improvesOnActive(MetricKind?)

    /// What is wrong with the gates for a task; empty when they can be judged.
    package static func problems(_ gates: [Gate], task: LearningTask) -> [String] {
        let known = MetricKind.all(of: task)
        let names = known.map(\.rawValue).joined(separator: ", ")
        return gates.compactMap { gate in
            if let metric = gate.metric, !known.contains(metric) {
                return "the gate on \(metric.title) cannot be judged: what is measured here is \(names)"
            }
            switch gate {
            case .atLeast(let metric, let bound) where !bound.isFinite || (metric.isShare && bound > 1):
                return "the gate '\(metric.title) at least \(bound)' can never be passed"
            case .atMost(let metric, let bound) where !bound.isFinite || (metric != .r2 && bound < 0):
                return "the gate '\(metric.title) at most \(bound)' can never be passed"
            default: return nil
            }
        }
    }

    private var metric: MetricKind? {
        switch self {
        case .atLeast(let metric, _), .atMost(let metric, _): metric
        case .improvesOnActive(let metric): metric
        }
    }

    /// Judges a model by its measurements, and by those of the active version on the same rows, if there is one.
    package func verdict(_ evaluation: Evaluation, active: Evaluation?, task: LearningTask) -> GateVerdict {
        switch self {
        case .atLeast(let metric, let bound):
            return GateVerdict(metric, evaluation, "at least", bound, isActive: false) { $0 >= $1 }
        case .atMost(let metric, let bound):
            return GateVerdict(metric, evaluation, "at most", bound, isActive: false) { $0 <= $1 }
        case .improvesOnActive(let chosen):
            let metric = chosen ?? .first(of: task)
            let bound = active?[metric]?.value
            return GateVerdict(
                metric, evaluation, metric.rises ? "above the active version's" : "below the active version's", bound, isActive: true
            ) {
                metric.rises ? $0 > $1 : $0 < $1
            }
        }
    }
}

extension MetricKind {
    /// Whether values lie between 0 and 1.
    var isShare: Bool {
        switch self {
        case .accuracy, .precision, .recall, .f1, .rocAUC, .prAUC, .calibrationError, .r2: true
        case .logLoss, .brier, .rmse, .mae, .mape: false
        }
    }

    /// The metric that versions are compared by when none is named.
    package static func first(of task: LearningTask) -> MetricKind {
        switch task {
        case .binary: .rocAUC
        case .classes: .accuracy
        case .regression: .rmse
        }
    }
}

/// What became of one gate.
package struct GateVerdict: Sendable, Hashable, Codable {
    package var metric: MetricKind
    /// Nil when the holdout does not allow the metric to be measured, as an area with rows of one class only.
    package var measured: Double?
    /// `at least`, for a person to read.
    package var relation: String
    /// Nil when there is no active version to be better than.
    package var wanted: Double?
    package var passes: Bool

    init(
        _ metric: MetricKind, _ evaluation: Evaluation, _ relation: String, _ wanted: Double?, isActive: Bool,
        holds: (Double, Double) -> Bool
    ) {
        self.metric = metric
        self.relation = relation
        self.wanted = wanted
        measured = evaluation[metric]?.value
        switch (measured, wanted) {
        case (let measured?, let wanted?): passes = holds(measured, wanted)
        case (_, nil): passes = isActive
        case (nil, _): passes = false
        }
    }

    /// How far the measured value is from the wanted one; nil when the gate is passed or nothing was measured.
    package var missedBy: Double? {
        guard !passes, let measured, let wanted else { return nil }
        return (measured - wanted).magnitude
    }

    /// `ROC AUC`, `0.731`, `at least 0.8`, `missed by 0.069`: the cells of a table.
    package var cells: [String] {
        [
            metric.title, measured.map { Figures.short($0) } ?? "not measurable",
            wanted.map { "\(relation) \(Figures.short($0))" } ?? "better than the active version",
            passes ? (wanted == nil ? "passed: none is active" : "passed") : missedBy.map { "missed by \(Figures.short($0))" } ?? "missed",
        ]
    }
}
