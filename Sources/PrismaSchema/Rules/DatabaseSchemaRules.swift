/// `@@schema` and `schemas` go together: every table and enum then says where it lives.
enum DatabaseSchemaRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        for model in draft.models { check(model.schema, model.name, model.kind, draft, &report) }
        for enumeration in draft.enums { check(enumeration.schema, enumeration.name, "enum", draft, &report) }
    }

    private static func check(_ schema: Named?, _ name: Named, _ kind: String, _ draft: Draft, _ report: inout Report) {
        if draft.datasource == nil { return }
        guard draft.provider == .postgresql else {
            if let schema {
                report.error(
                    .schemaNotSupported, schema.place, "\(draft.provider.title) has no schemas inside of a database",
                    help: "remove @@schema")
            }
            return
        }
        let schemas = draft.datasourceDraft?.schemas
        if let schema {
            if schemas?.contains(where: { $0.text == schema.text }) == true { return }
            let guess = report.closest(to: schema.text, in: (schemas ?? []).map(\.text))
            report.error(
                .unknownSchema, schema.place, "the datasource has no schema '\(schema.text)'\(Suggestion.question(guess))",
                help: "the schemas are named in the datasource: "
                    + ((schemas ?? []).isEmpty
                        ? "add 'schemas = [\"\(schema.text)\"]'" : (schemas ?? []).map(\.text).joined(separator: ", ")))
        } else if let schemas, !schemas.isEmpty {
            report.error(
                .missingSchema, name.place, "the \(kind) '\(name.text)' does not say in which schema of the database it lives",
                help: "add @@schema(\"\(schemas[0].text)\")")
        }
    }
}
