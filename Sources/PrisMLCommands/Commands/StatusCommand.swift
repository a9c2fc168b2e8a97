import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let json = Parameter.flag("json", "Print the states as a JSON array on standard output")

    static let status = Command(
        "status",
        summary: "Show what is trained, and whether it fits the code and the schema",
        discussion: """
            A predictor is stale when its features, label, algorithm or the part of the schema that it reads changed since it was \
            trained; a change anywhere else leaves it valid. No row is read.
            """,
        examples: [Example(line: "prisml status", meaning: "Look at all predictors of the project")],
        parameters: [SchemaSource.option, json]
    ) { context in
        guard let project = context.project else { return try ProjectTool.takeOver(context) }
        let states = try PredictorStates(of: project, in: context)
        if try context[json] {
            context.output.send(states.json.prettyText)
            return .success
        }
        var table = Table([.left("predictor"), .left("version"), .left("of"), .left("measured"), .left("state")])
        for (predictor, state) in states.entries {
            let metadata = state.version.flatMap { try? predictor.store.read(predictor.definition.name, version: $0) }?.metadata
            table.add([
                predictor.definition.name, state.version ?? "–", predictor.definition.model,
                metadata.map(ArtifactSummary.measured) ?? "–", state.text,
            ])
        }
        table.print(on: context.output)
        let names = states.entries.filter { !$0.state.isGood }.map(\.predictor.definition.name)
        if !names.isEmpty { context.errors.help("'prisml train \(names.joined(separator: " "))' trains what does not fit") }
        return .success
    }
}
