import PrisMLTraining
import Prisma

extension TrainerKind: ArgumentValue {}

extension Command {
    private static let base = Parameter<String?>.option(
        "python", value: "PATH", shownAs: "python3", environment: "PRISML_PYTHON", completion: .files, "The Python to make it from")

    private static let json = Parameter.flag("json", "Print it as JSON on standard output")

    static let pythons = Command(
        group: "python",
        summary: "Prepare a Python for the algorithms that need one",
        subcommands: [.pythonSetup, .pythonShow])

    private static let pythonSetup = Command(
        "setup",
        summary: "Make a virtual environment with scikit-learn, XGBoost and what turns their models into ONNX",
        discussion: """
            Makes prisml/python and installs the packages there with pip, which reaches the network. Only '.scikitLearn' algorithms need \
            it; the others are native.
            """,
        examples: [Example(line: "prisml python setup", meaning: "Make it with the system's python3")],
        parameters: [base]
    ) { context in
        let folder = context.absolutePath("prisml/python")
        let errors = context.errors
        try await PythonEnvironment(folder: folder, named: try context[base], variables: context.environment.variables)
            .setUp { errors.print("running \($0)") }
        let found = try await PythonEnvironment(folder: folder, named: "\(folder)/bin/python3").find()
        context.errors.print("ready: \(text(found.versions))")
        return .success
    }

    private static let pythonShow = Command(
        "show",
        summary: "Show which Python trains, and the versions of what it has",
        examples: [Example(line: "prisml python show", meaning: "See whether Python is ready")],
        parameters: [base, json]
    ) { context in
        let found = try await PythonEnvironment(
            folder: context.absolutePath("prisml/python"), named: try context[base], variables: context.environment.variables
        ).find()
        guard case .interpreter(let path) = found.trainer.place else { return .success }
        if try context[json] {
            let answer: JSON = ["python": .string(path), "versions": .object(found.versions.mapValues(JSON.string))]
            context.output.send(answer.prettyText)
        } else {
            context.output.print(path)
            context.output.print(text(found.versions))
        }
        return .success
    }

    private static func text(_ versions: [String: String]) -> String {
        versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
