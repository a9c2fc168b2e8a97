import PrismaSchema

extension Command {
    private static let check = Parameter.flag("check", "Change nothing; exit with 1 if a file is not formatted")
    private static let json = Parameter.flag("json", "Print the problems as a JSON array on standard output")

    static let format = Command(
        "format",
        summary: "Lay out a schema as Prisma does",
        discussion: """
            Columns and attributes are aligned, and relation fields that are missing on the other side are added. Comments are kept. \
            Files are replaced as a whole, and only those that change. Standard input is written to standard output.
            """,
        examples: [
            Example(line: "prisml format", meaning: "Format the project's schema"),
            Example(line: "prisml format --check", meaning: "Fail in CI when a file is not formatted"),
            Example(line: "prisml format - < schema.prisma", meaning: "Format standard input, for an editor"),
        ],
        parameters: [SchemaSource.option, check, json, SchemaSource.argument]
    ) { context in
        let source = try SchemaSource.named(in: context)
        let formatted: [SourceFile]
        do throws(SchemaError) {
            formatted = try SchemaFormatter.format(source.sources)
        } catch {
            let problems = Problems(.failure(error))
            if try context[json] {
                context.output.send(Diagnostic.json(problems.diagnostics))
            } else {
                problems.print(on: context.errors)
                context.errors.cross("\(source.name) cannot be formatted: \(problems.summary)")
            }
            return .input
        }
        let changes = zip(source.files, formatted).compactMap { Change(of: $0, to: $1) }
        if try context[check] { return report(changes, of: source, asJSON: try context[json], in: context) }
        return try apply(changes, to: source, formatted: formatted, asJSON: try context[json], in: context)
    }

    private static func report(_ changes: [Change], of source: SchemaSource, asJSON: Bool, in context: CommandContext) -> ExitCode {
        if asJSON {
            context.output.send(Change.json(changes))
        } else if changes.isEmpty {
            context.output.tick("\(source.name) is formatted")
        } else {
            for change in changes { context.errors.cross("\(change.file.name) is not formatted, first in line \(change.line)") }
            context.errors.help("'prisml format' formats it")
        }
        return changes.isEmpty ? .success : .input
    }

    private static func apply(
        _ changes: [Change], to source: SchemaSource, formatted: [SourceFile], asJSON: Bool, in context: CommandContext
    ) throws(CommandError) -> ExitCode {
        if source.files.first?.path == nil {
            for file in formatted { context.output.send(file.text) }
            return .success
        }
        for change in changes {
            guard let path = change.file.path else { continue }
            try TextFile.replace(path, named: change.file.name, with: change.bytes)
            if !asJSON { context.output.tick("formatted \(change.file.name)") }
        }
        if asJSON {
            context.output.send(Change.json([]))
        } else if changes.isEmpty {
            context.output.tick("\(source.name) was formatted already")
        }
        return .success
    }
}

/// A file that formatting changes.
private struct Change {
    let file: SchemaSource.File
    let bytes: [UInt8]
    /// The first line that differs, from 1.
    let line: Int

    /// Nil if nothing changes.
    init?(of file: SchemaSource.File, to formatted: SourceFile) {
        bytes = Array(formatted.text.utf8)
        if bytes == file.bytes { return nil }
        self.file = file
        line = zip(file.bytes, bytes).prefix { $0 == $1 }.count { $0.0 == UInt8(ascii: "\n") } + 1
    }

    /// The shape that diagnostics have.
    static func json(_ changes: [Change]) -> String {
        guard !changes.isEmpty else { return "[]\n" }
        let objects = changes.map { change in
            """
              {"path": \(JSONText.quoted(change.file.name)), "line": \(change.line), "column": 1, "length": 1, "severity": "error", \
            "code": "format", "rule": "format", "message": "the file is not formatted", "help": "run 'prisml format'"}
            """
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }
}
