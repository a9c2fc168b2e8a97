/// No two tables, columns, enums or values of an enum can have one name in the database.
enum DatabaseNameRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        tables(draft, &report)
        for model in draft.models { columns(model, &report) }
        for enumeration in draft.enums { values(enumeration, &report) }
    }

    private struct Key: Hashable {
        let schema: String?
        let name: String
    }

    /// Tables, join tables and, where the database has types, enums share one space of names.
    private static func tables(_ draft: Draft, _ report: inout Report) {
        var owners: [Key: String] = [:]
        func take(_ name: String, _ schema: String?, _ owner: String, _ place: Place, _ attribute: String) {
            let key = Key(schema: schema, name: name)
            guard let other = owners.updateValue(owner, forKey: key) else { return }
            owners[key] = other
            report.error(
                .duplicateDatabaseName, place, "\(owner) is named '\(name)' in the database, as \(other) is",
                help: "give one of them another name with \(attribute)")
        }
        for model in draft.models {
            take(model.databaseName, model.schema?.text, "the \(model.kind) '\(model.name.text)'", (model.map ?? model.name).place, "@@map")
        }
        for relation in draft.relations where relation.kind == .manyToMany {
            take(
                "_" + relation.name, draft.models[relation.forward.model].schema?.text, "the table of the relation \"\(relation.name)\"",
                draft[relation.forward].place, "@relation(\"…\") or @@map")
        }
        // SQLite has no types, so an enum has no name there.
        if draft.provider == .sqlite { return }
        for enumeration in draft.enums {
            take(
                enumeration.databaseName, enumeration.schema?.text, "the enum '\(enumeration.name.text)'",
                (enumeration.map ?? enumeration.name).place, "@@map")
        }
    }

    private static func columns(_ model: DraftModel, _ report: inout Report) {
        var owners: [String: String] = [:]
        for field in model.fields {
            if case .model = field.type { continue }
            guard let other = owners.updateValue(field.name.text, forKey: field.databaseName) else { continue }
            report.error(
                .duplicateDatabaseName, (field.map ?? field.name).place,
                "'\(field.name.text)' is the column '\(field.databaseName)', as '\(other)' is",
                help: "give one of them another column with @map")
        }
    }

    private static func values(_ enumeration: DraftEnum, _ report: inout Report) {
        var owners: [String: String] = [:]
        for value in enumeration.values {
            guard let other = owners.updateValue(value.name.text, forKey: value.databaseName) else { continue }
            report.error(
                .duplicateDatabaseName, (value.map ?? value.name).place,
                "'\(value.name.text)' is '\(value.databaseName)' in the database, as '\(other)' is",
                help: "give one of them another text with @map")
        }
    }
}
