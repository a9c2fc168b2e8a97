import Prisma
import PrismaMigrate
import PrismaSchema

extension Command {
    static let db = Command(
        group: "db",
        summary: "Work with the database of a schema",
        subcommands: [.dbPush])

    private static let forceReset = Parameter.flag("force-reset", "Drop everything that is in the database first; its rows are lost")
    private static let acceptDataLoss = Parameter.flag(
        "accept-data-loss", "Accepted for scripts written for Prisma; only --force-reset loses data")

    private static let json = Parameter.flag("json", "Print what was made as JSON on standard output")

    static let dbPush = Command(
        "push",
        summary: "Make the tables of a schema in an empty database",
        discussion: """
            The database itself is made if it does not exist. Tables, enums, indexes and constraints are made in one transaction, with \
            Prisma's names and types. A database that has tables already is left alone, unless --force-reset drops them.
            """,
        examples: [
            Example(line: "prisml db push", meaning: "Make the tables of the project's schema"),
            Example(line: "prisml db push --url file:./test.db", meaning: "Make them in another database"),
            Example(line: "prisml db push --force-reset", meaning: "Drop everything and start again"),
        ],
        parameters: [SchemaSource.option, DatabaseAddress.option, forceReset, acceptDataLoss, json]
    ) { context in
        let isReset = try context[forceReset]
        _ = try context[acceptDataLoss]
        let source = try SchemaSource(try context[SchemaSource.option], context: context)
        let schema = try source.read(in: context)
        let address = try DatabaseAddress.find(for: schema, source, purpose: .migrations, in: context)
        let push = SchemaPush(schema)
        let opened = try await address.open(for: schema, creating: true)
        do {
            try await push.run(on: opened.database, dropping: isReset) { contents in
                context.errors.warning("dropping what is in \(opened.name), which \(address.origin) names: \(contents.summary)")
            }
            await opened.database.close()
        } catch {
            await opened.database.close()
            throw error
        }
        if try context[json] {
            let made = push.migration.steps.map { step in
                JSON.object(["kind": .string(step.kind.rawValue), "sql": .string(step.statement)])
            }
            let answer: JSON = ["database": .string(opened.name), "isNew": .bool(opened.isNew), "made": .array(made)]
            context.output.send(answer.prettyText)
            return .success
        }
        if opened.isNew { context.output.tick("made the database \(opened.name)") }
        context.output.tick("\(opened.name) has what \(source.name) describes: \(summary(of: push.migration))")
        return .success
    }

    /// `5 tables, 1 enum, 7 indexes`
    private static func summary(of migration: Migration) -> String {
        let nouns: [(MigrationStep.Kind, String, String)] = [
            (.createTable, "table", "tables"), (.createEnum, "enum", "enums"), (.createIndex, "index", "indexes"),
        ]
        let counts = nouns.compactMap { kind, one, many -> String? in
            let count = migration.steps.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
        }
        return counts.isEmpty ? "no tables" : counts.joined(separator: ", ")
    }
}
