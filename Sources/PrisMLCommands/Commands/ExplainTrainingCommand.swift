import PrisML
import Prisma

extension Command {
    private static let noOpen = Parameter.flag("no-open", "Only print where the report is")
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let version = Parameter<String?>.argument("VERSION", "The version, or the number it begins with; the newest if left out")

    static let explainTraining = Command(
        "explain-training",
        summary: "Open the report of a training",
        discussion: """
            Prints the report's path, and opens it in the browser where there is a display. The page holds the metrics with their \
            ranges, curves, the confusion matrix, what matters, and how the features lie; it needs no network. With --json nothing is \
            opened.
            """,
        examples: [
            Example(line: "prisml explain-training churn", meaning: "Open the report of the newest version"),
            Example(line: "prisml explain-training churn 2 --no-open", meaning: "Print where the report of version 0002-… is"),
        ],
        parameters: [modelsFolder, noOpen, modelsJSON, name, version]
    ) { context in
        let name = try context[name]
        let store = try modelsStore(of: name, in: context)
        let version = try chosenVersion(try context[version], of: name, in: store)
        let path = "\(store.folder(name, version))/report.html"
        guard TextFile.kind(of: path) == .file else {
            throw CommandError(.file, "the version \(version) has no report", next: "train it again, or restore its folder from git")
        }
        if try context[modelsJSON] {
            let answer: JSON = ["predictor": .string(name), "version": .string(version), "report": .string(path)]
            context.output.send(answer.prettyText)
            return .success
        }
        context.output.print(path)
        guard try !context[noOpen], let program = opener(context.environment.variables) else { return .success }
        context.output.flush()
        context.errors.flush()
        do {
            return try context.environment.become([program, path], [:])
        } catch {
            // The path was printed, and that is what matters.
            context.errors.warning("no program opens it: \(error)")
            return .success
        }
    }

    /// What opens a page; nil where nobody would see it.
    private static func opener(_ variables: [String: String]) -> String? {
        #if canImport(Darwin)
        "open"
        #else
        ["DISPLAY", "WAYLAND_DISPLAY"].contains { variables[$0]?.isEmpty == false } ? "xdg-open" : nil
        #endif
    }
}
