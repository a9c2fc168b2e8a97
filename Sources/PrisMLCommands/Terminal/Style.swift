/// The few ways in which text stands out.
enum Style: Sendable {
    case bold, dim
    case good, bad, warning
    /// A command, a path, a name.
    case code

    var escape: String {
        switch self {
        case .bold: "\u{1B}[1m"
        case .dim: "\u{1B}[2m"
        case .good: "\u{1B}[32m"
        case .bad: "\u{1B}[31m"
        case .warning: "\u{1B}[33m"
        case .code: "\u{1B}[36m"
        }
    }

    static let reset = "\u{1B}[0m"
}
