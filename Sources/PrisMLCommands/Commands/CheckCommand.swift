import PrisML
import Prisma

extension Command {
    private static let json = Parameter.flag("json", "Print the states as a JSON array on standard output")

    static let checkPredictors = Command(
        "check",
        summary: "Fail when a predictor is stale or not trained",
        discussion: """
            For CI: exits with 1 and says why, naming the features, when the code or the schema and a predictor's artifact do not \
            belong together. Looked at is the version that would answer: the one that is active, or where none is, the newest that fits. \
            No row is read. Where the registry is in a PostgreSQL that cannot be reached, a line says so, and the newest is looked at.
            """,
        examples: [
            Example(line: "prisml check", meaning: "Check all predictors of the project"),
            Example(line: "prisml check --json", meaning: "The same, for a script"),
        ],
        parameters: [SchemaSource.option, DatabaseAddress.option, json]
    ) { context in
        guard let project = context.project else { return try ProjectTool.takeOver(context) }
        let states = try await PredictorStates(of: project, in: context)
        for complaint in states.complaints {
            context.errors.print("the registry was not asked which versions are active: \(complaint)")
        }
        let bad = states.entries.filter { !$0.state.isGood }
        if try context[json] {
            context.output.send(states.json.prettyText)
        } else {
            for (predictor, state) in states.entries {
                let name = predictor.definition.name
                if state.isGood { context.output.tick("\(name) \(state.text) (version \(state.version ?? ""))") }
            }
            context.output.flush()
            for (predictor, state) in bad { context.errors.cross("\(predictor.definition.name) \(state.sentence)") }
            if !bad.isEmpty {
                let names = bad.map(\.predictor.definition.name).joined(separator: " ")
                context.errors.help("'prisml train \(names)' trains again, or go back to what was trained")
            }
        }
        if states.hasBrokenRegistry {
            context.errors.help("restore the registry's file, or remove it: the newest version that fits answers then")
        }
        return bad.isEmpty && !states.hasBrokenRegistry ? .success : .input
    }
}

extension PredictorState {
    /// What follows the predictor's name.
    fileprivate var sentence: String {
        switch self {
        case .fits: text
        case .stale(let version, let differences): "is stale, trained as \(version): " + differences.joined(separator: "; ")
        case .notTrained: "is not trained"
        case .invalid, .unreadable: text
        }
    }
}
