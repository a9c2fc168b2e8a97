/// Lays out schema files as Prisma users know it.
///
/// Names, types and attributes stand in columns, each group of lines by itself; attributes of a block come last; comments stay.
/// What a relation misses is added: the field at its other end, the field with the key, `fields` and `references`.
/// Formatting text that is formatted changes nothing, and no text changes its meaning except by what is added.
public enum SchemaFormatter {
    /// The text of one file in its proper layout. Text that does not parse is not touched: the error says what is wrong with it.
    public static func format(_ text: String, path: String = "schema.prisma") throws(SchemaError) -> String {
        try format([SourceFile(path: path, text: text)]).first?.text ?? ""
    }

    /// The files of one schema in their proper layout. A field that a relation misses may be added to another file than the relation's.
    public static func format(_ files: [SourceFile]) throws(SchemaError) -> [SourceFile] {
        var (files, trees) = (files, try parse(files))
        let additions = MissingRelations.additions(to: trees, files: files)
        if !additions.isEmpty {
            files = files.indices.map { index in Addition.apply(additions.filter { $0.file == index }, to: files[index]) }
            trees = try parse(files)
        }
        return files.indices.map { SourceFile(path: files[$0].path, bytes: Printer.print(trees[$0], of: files[$0])) }
    }

    private static func parse(_ files: [SourceFile]) throws(SchemaError) -> [Tree] {
        var report = Report()
        let trees = files.indices.map { Parser.tree(of: files[$0], index: $0, report: &report) }
        if report.hasErrors { throw SchemaError(diagnostics: report.diagnostics(in: files)) }
        return trees
    }
}
