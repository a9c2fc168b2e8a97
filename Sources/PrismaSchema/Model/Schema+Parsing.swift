extension Schema {
    /// Reads the text of one file.
    public init(parsing text: String, path: String = "schema.prisma") throws(SchemaError) {
        try self.init(files: [SourceFile(path: path, text: text)])
    }

    /// Reads the files of a schema, which may be split over any number of them. Their order decides the order of models.
    public init(files: [SourceFile]) throws(SchemaError) {
        var report = Report()
        let trees = files.indices.map { Parser.tree(of: files[$0], index: $0, report: &report) }
        let draft = Schema.checkedDraft(of: trees, files: files, report: &report)
        let diagnostics = report.diagnostics(in: files)
        if report.hasErrors { throw SchemaError(diagnostics: diagnostics) }
        self = Resolver.schema(from: draft, warnings: diagnostics)
    }

    /// Everything wrong with a schema, and everything worth knowing about it, in the order of files and positions.
    public static func diagnostics(in files: [SourceFile]) -> [Diagnostic] {
        var report = Report()
        let trees = files.indices.map { Parser.tree(of: files[$0], index: $0, report: &report) }
        _ = checkedDraft(of: trees, files: files, report: &report)
        return report.diagnostics(in: files)
    }

    private static func checkedDraft(of trees: [Tree], files: [SourceFile], report: inout Report) -> Draft {
        var draft = Reader.draft(of: trees, files: files, report: &report)
        draft.relations = RelationLinker.relations(of: draft, report: &report)
        Rules.check(draft, &report)
        return draft
    }
}
