import PrismaSchema

extension Command {
    private static let json = Parameter.flag("json", "Print the problems as a JSON array on standard output")

    static let validate = Command(
        "validate",
        summary: "Check a schema and report everything that is wrong with it",
        discussion: """
            All problems are reported in one run, in the order of the files. Warnings alone do not fail the check.
            """,
        examples: [
            Example(line: "prisml validate", meaning: "Check the project's schema"),
            Example(line: "prisml validate --schema prisma/schema", meaning: "Check a schema of several files"),
            Example(line: "prisml validate --json - < schema.prisma", meaning: "Check standard input, for an editor or a CI annotation"),
        ],
        parameters: [SchemaSource.option, json, SchemaSource.argument]
    ) { context in
        let asJSON = try context[json]
        let source = try SchemaSource.named(in: context)
        let result = Result { () throws(SchemaError) in try Schema(files: source.sources) }
        let problems = Problems(result)

        if asJSON {
            context.output.send(Diagnostic.json(problems.diagnostics))
        } else {
            problems.print(on: context.errors)
            switch result {
            case .success(let schema): context.output.tick("\(source.name) is valid: \(summary(of: schema))")
            case .failure: context.errors.cross("\(source.name) has \(problems.summary)")
            }
        }
        return problems.errors == 0 ? .success : .input
    }

    /// `3 models, 1 view, 2 enums`
    private static func summary(of schema: Schema) -> String {
        let views = schema.models.count { $0.isView }
        var counts = [Count.text(schema.models.count - views, "model")]
        if views > 0 { counts.append(Count.text(views, "view")) }
        if !schema.enums.isEmpty { counts.append(Count.text(schema.enums.count, "enum")) }
        return counts.joined(separator: ", ")
    }
}
