import PrisML
import PrismaSchema

/// What a project's own tool hands to the commands.
struct Project: Sendable {
    /// The path of its schema, nil for the places that commands look in.
    let schema: String?
    let predictors: [any AnyPredictor]
}

extension Project {
    /// The predictors of those names, all of them if there are none.
    func predictors(named names: [String]) throws(CommandError) -> [any AnyPredictor] {
        try checkNames()
        if names.isEmpty { return predictors }
        var found: [any AnyPredictor] = []
        for name in names where !found.contains(where: { $0.definition.name == name }) {
            found.append(try predictor(named: name))
        }
        return found
    }

    private func predictor(named name: String) throws(CommandError) -> any AnyPredictor {
        if let found = predictors.first(where: { $0.definition.name == name }) { return found }
        let known = predictors.map(\.definition.name)
        var message = "the project has no predictor '\(name)'"
        if let suggestion = Suggestion.nearest(to: name, in: known) { message += "; did you mean '\(suggestion)'?" }
        throw CommandError(.unknownPredictor, message, next: known.isEmpty ? Self.howToAdd : "it has " + known.joined(separator: ", "))
    }

    private func checkNames() throws(CommandError) {
        if predictors.isEmpty { throw CommandError(.unknownPredictor, "the project has no predictors", next: Self.howToAdd) }
        var seen: Set<String> = []
        for predictor in predictors where !seen.insert(predictor.definition.name).inserted {
            throw CommandError(
                .file, "two predictors of the project are named '\(predictor.definition.name)'",
                next: "give one another name: it is the name of the folder of its artifacts")
        }
    }

    private static let howToAdd = "hand them to the project's tool: await PrisMLTool.run(predictors: [churn])"
}
