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
        parameters: [SchemaSource.option, DatabaseAddress.option, json]
    ) { context in
        guard let project = context.project else { return try ProjectTool.takeOver(context) }
        let states = try await PredictorStates(of: project, in: context)
        if try context[json] {
            context.output.send(states.json.prettyText)
            return .success
        }
        var table = Table([.left("predictor"), .left("version"), .left("of"), .left("measured"), .left("state")])
        for (predictor, state) in states.entries {
            let name = predictor.definition.name
            let registered = states.registry(of: predictor).versions.filter { $0.predictor == name }
            let metadata = state.version.flatMap { try? predictor.store.read(predictor.definition.name, version: $0) }?.metadata
            table.add([
                predictor.definition.name, state.version ?? "–", predictor.definition.model,
                metadata.map(ArtifactSummary.measured) ?? "–", state.text(registered, newest: predictor.store.versions(of: name).last),
            ])
        }
        table.print(on: context.output)
        let names = states.entries.filter { !$0.state.isGood }.map(\.predictor.definition.name)
        if !names.isEmpty {
            context.output.flush()
            context.errors.help("'prisml train \(names.joined(separator: " "))' trains what does not fit")
        }
        return .success
    }
}

extension PredictorState {
    /// The state, and which version answers where a registry says so.
    fileprivate func text(_ registered: [ModelRegistry.Version], newest: String?) -> String {
        guard !registered.isEmpty else { return text }
        guard let active = registered.first(where: { $0.state == .active })?.version else { return text + ", none is active" }
        guard let newest, newest != active else { return text + ", active" }
        let state = registered.first { $0.version == newest }?.state.rawValue
        return text + ", active; the newest is \(newest)" + (state.map { ", which is \($0)" } ?? "")
    }
}
