import PrismaMigrate
import PrismaSchema

extension Command {
    static let migrate = Command(
        group: "migrate",
        summary: "Work with the SQL that makes and changes databases",
        subcommands: [.migrateDiff])

    private static let fromEmpty = Parameter.flag("from-empty", "Start from an empty database")
    private static let toSchema = Parameter<String?>.option(
        "to-schema", value: "PATH", completion: .files, "End at this schema: a file, a folder of files, or - for standard input")
    private static let toDatamodel = Parameter<String?>.option(
        "to-schema-datamodel", value: "PATH", completion: .files, "The same, as Prisma 6 and older call it")
    private static let script = Parameter.flag("script", "Print SQL instead of a summary")
    private static let output = Parameter<String?>.option(
        "output", short: "o", value: "FILE", completion: .files, "Write to this file instead of standard output")

    static let migrateDiff = Command(
        "diff",
        summary: "Print what makes the database of a schema",
        discussion: """
            The SQL has the names, types, order and layout of Prisma 6. No database is opened.
            """,
        examples: [
            Example(line: "prisml migrate diff --from-empty --to-schema prisma/schema.prisma", meaning: "Tell what would be made"),
            Example(
                line: "prisml migrate diff --from-empty --to-schema prisma/schema.prisma --script > migration.sql",
                meaning: "Write it as SQL"),
        ],
        parameters: [fromEmpty, toSchema, toDatamodel, script, output]
    ) { context in
        guard try context[fromEmpty] else {
            throw CommandError(.missingArgument, "there is nothing to start from", next: "add --from-empty")
        }
        let paths = [try context[toSchema], try context[toDatamodel]].compactMap(\.self)
        guard let path = paths.first else {
            throw CommandError(.missingArgument, "there is nothing to end at", next: "name a schema with --to-schema PATH")
        }
        if paths.count > 1 { throw CommandError(.conflictingOptions, "--to-schema and --to-schema-datamodel are the same") }
        let schema = try SchemaSource(path, context: context).read(in: context)
        let migration = Migration(creating: schema)
        let text = try context[script] ? migration.script : migration.summary
        if let file = try context[output] {
            try TextFile.replace(context.absolutePath(file), named: file, with: Array(text.utf8))
            context.output.tick("wrote \(file)")
        } else {
            context.output.send(text)
        }
        return .success
    }
}
