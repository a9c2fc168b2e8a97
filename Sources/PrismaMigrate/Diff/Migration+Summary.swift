extension Migration {
    /// The migration in words, laid out as `prisma migrate diff` does without `--script`.
    public var summary: String {
        if steps.isEmpty { return "No difference detected.\n" }
        var text = ""
        for (title, kind) in [("extensions", MigrationStep.Kind.createExtension), ("enums", .createEnum), ("tables", .createTable)] {
            let names = steps.filter { $0.kind == kind }.map(\.subject.name)
            if names.isEmpty { continue }
            text += "\n[+] Added \(title)\n" + names.map { "  - \($0)\n" }.joined()
        }
        let parts = steps.filter { $0.kind == .createIndex || $0.kind == .addForeignKey }
        let tables = Dictionary(grouping: parts) { $0.subject.name }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (table, parts) in tables {
            text += "\n[*] Changed the `\(table)` table\n" + parts.map(Self.line).joined()
        }
        return text
    }

    private static func line(_ step: MigrationStep) -> String {
        let what = step.kind == .addForeignKey ? "foreign key" : step.subject.isUnique ? "unique index" : "index"
        return "  [+] Added \(what) on columns (\(step.subject.columns.joined(separator: ", ")))\n"
    }
}
