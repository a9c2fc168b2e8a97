package import PrisML

extension Gate {
    /// What is wrong with the gates for a task; empty when they can be judged.
    package static func problems(_ gates: [Gate], task: LearningTask) -> [String] {
        let known = MetricKind.all(of: task)
        let names = known.map(\.rawValue).joined(separator: ", ")
        return gates.compactMap { gate in
            let (metric, bound, isLeast): (Metric, Double, Bool)
            switch gate {
            case .atLeast(let name, let value): (metric, bound, isLeast) = (name, value, true)
            case .atMost(let name, let value): (metric, bound, isLeast) = (name, value, false)
            case .improvesOnActive: return nil
            }
            guard let kind = MetricKind(metric), known.contains(kind) else {
                return "the gate on \(metric) cannot be judged: what is measured here is \(names)"
            }
            let isPossible = bound.isFinite && (isLeast ? !kind.isShare || bound <= 1 : kind == .r2 || bound >= 0)
            return isPossible ? nil : "the gate '\(kind.title) \(isLeast ? "at least" : "at most") \(bound)' can never be passed"
        }
    }

    /// Judges a model by its measurements, and by those of the active version on the same rows, if there is one.
    package func verdict(_ evaluation: Evaluation, active: ActiveVersion = .none, task: LearningTask) -> GateVerdict {
        switch self {
        case .atLeast(let metric, let bound): return GateVerdict(metric, evaluation, "at least", bound) { $0 >= bound }
        case .atMost(let metric, let bound): return GateVerdict(metric, evaluation, "at most", bound) { $0 <= bound }
        case .improvesOnActive:
            let metric = MetricKind.compared(task)
            var relation = metric.rises ? "above the active version's" : "below the active version's"
            var bound = active.evaluation?[metric]?.value
            if case .recorded(let value, let version) = active {
                // Of another definition, it cannot be asked about these rows.
                (relation, bound) = ((metric.rises ? "above" : "below") + " what \(version) reached on its own rows,", value)
            }
            var verdict = GateVerdict(Metric(rawValue: metric.rawValue), evaluation, relation, bound) { measured in
                bound.map { metric.rises ? measured > $0 : measured < $0 } ?? true
            }
            if case .incomparable(let version, let reason) = active {
                verdict.passes = false
                verdict.obstacle = "\(version) cannot be compared: \(reason)"
            }
            return verdict
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

    /// The metric that versions are compared by.
    package static func compared(_ task: LearningTask) -> MetricKind {
        task == .regression ? .rmse : .logLoss
    }

    /// The metric of a gate, if it is one that is measured here.
    package init?(_ metric: Metric) {
        self.init(rawValue: metric.rawValue)
    }
}

/// What became of one gate.
package struct GateVerdict: Sendable, Hashable, Codable {
    /// The metric's title.
    package var metric: String
    /// Nil when the holdout does not allow the metric to be measured, as an area with rows of one class only.
    package var measured: Double?
    /// `at least`, for a person to read.
    package var relation: String
    /// Nil when there is no active version to be better than.
    package var wanted: Double?
    package var passes: Bool
    /// Why there is nothing to be better than although a version is active.
    package var obstacle: String?

    init(_ metric: Metric, _ evaluation: Evaluation, _ relation: String, _ wanted: Double?, holds: (Double) -> Bool) {
        let kind = MetricKind(metric)
        self.metric = kind?.title ?? metric.rawValue
        self.relation = relation
        self.wanted = wanted
        measured = kind.flatMap { evaluation[$0]?.value }
        passes = measured.map(holds) ?? false
    }

    /// How far the measured value is from the wanted one; nil when the gate is passed or nothing was measured.
    package var missedBy: Double? {
        guard !passes, let measured, let wanted else { return nil }
        return (measured - wanted).magnitude
    }

    /// `ROC AUC`, `0.731`, `at least 0.8`, `missed by 0.069`: the cells of a table.
    package var cells: [String] {
        [
            metric, measured.map { Figures.short($0) } ?? "not measurable",
            wanted.map { "\(relation) \(Figures.short($0))" } ?? "better than the active version",
            outcome,
        ]
    }

    private var outcome: String {
        if let obstacle { return obstacle }
        if passes { return wanted == nil ? "passed: none is active" : "passed" }
        guard let missedBy else { return "missed" }
        return missedBy == 0 ? "no better" : "missed by \(Figures.short(missedBy))"
    }
}
