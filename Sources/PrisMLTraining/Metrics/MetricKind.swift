/// What can be measured of a model's answers.
package enum MetricKind: String, Sendable, Hashable, Codable, CaseIterable {
    // Of classes. With several classes, precision, recall, F1 and the areas are means over the classes, each counting the same: those that
    // have rows or, but for the areas, are answered.
    case accuracy
    case precision
    case recall
    case f1
    case rocAUC
    /// The average precision.
    case prAUC
    case logLoss
    case brier
    /// How far probabilities are from frequencies, over ten equal ranges of probability.
    case calibrationError

    // Of numbers.
    case rmse
    case mae
    /// The mean of absolute errors as shares of the true value; rows whose true value is 0 are left out.
    case mape
    case r2

    /// Whether more is better.
    package var rises: Bool {
        switch self {
        case .accuracy, .precision, .recall, .f1, .rocAUC, .prAUC, .r2: true
        case .logLoss, .brier, .calibrationError, .rmse, .mae, .mape: false
        }
    }

    /// The metrics of a task, in the order that they are shown in.
    package static func all(of task: LearningTask) -> [MetricKind] {
        switch task {
        case .binary, .classes: [.accuracy, .precision, .recall, .f1, .rocAUC, .prAUC, .logLoss, .brier, .calibrationError]
        case .regression: [.rmse, .mae, .mape, .r2]
        }
    }

    /// How a person calls it.
    package var title: String {
        switch self {
        case .accuracy: "accuracy"
        case .precision: "precision"
        case .recall: "recall"
        case .f1: "F1"
        case .rocAUC: "ROC AUC"
        case .prAUC: "PR AUC"
        case .logLoss: "log loss"
        case .brier: "Brier score"
        case .calibrationError: "calibration error"
        case .rmse: "RMSE"
        case .mae: "MAE"
        case .mape: "MAPE"
        case .r2: "R²"
        }
    }
}
