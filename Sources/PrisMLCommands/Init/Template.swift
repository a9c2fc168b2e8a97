/// The projects that `prisml init` makes. Each is an example of this package, which is built and run as it is.
enum Template: String, CaseIterable, ArgumentValue {
    case churn, fraud, segmentation, server, minimal

    /// What makes a new project of this template show something, line by line.
    var steps: [String] {
        switch self {
        case .churn, .fraud, .segmentation: ["swift run ml db push", "swift run seed", "swift run ml train", "swift run app"]
        case .server: ["swift run ml db push", "swift run seed", "swift run ml train", "swift run server"]
        case .minimal: ["swift run ml db push", "swift run app", "swift run ml train", "swift run app"]
        }
    }
}
