/// No two tables, columns, enums or values of an enum can have one name in the database.
enum DatabaseNameRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        var tables = Tables(draft: draft)
        tables.check(&report)
        for model in draft.models { columns(model, &report) }
        for enumeration in draft.enums { values(enumeration, &report) }
    }

    private static func columns(_ model: DraftModel, _ report: inout Report) {
        // The names of fields differ, so a clash needs an @map.
        var owners: [String: DraftField] = [:]
        for field in model.fields {
            guard let map = field.map, !field.isRelation else { continue }
            let unmapped = model.fieldIndex[map.text].map { model.fields[$0] }.flatMap { $0.map == nil && !$0.isRelation ? $0 : nil }
            guard let other = owners.updateValue(field, forKey: map.text) ?? unmapped else { continue }
            report.error(
                .duplicateDatabaseName, map.place, "'\(field.name.text)' is the column '\(map.text)', as '\(other.name.text)' is",
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

    /// Tables, join tables and, where the database has types, enums share one space of names.
    private struct Tables {
        let draft: Draft
        private var owners: [Key: Owner] = [:]

        private struct Key: Hashable {
            let schema: String?
            let name: String
        }

        private enum Owner {
            case model(Int)
            case relation(Int)
            case enumeration(Int)
        }

        init(draft: Draft) {
            self.draft = draft
        }

        mutating func check(_ report: inout Report) {
            for (index, model) in draft.models.enumerated() {
                take(model.databaseName, model.schema, .model(index), (model.map ?? model.name).place, "@@map", &report)
            }
            for (index, relation) in draft.relations.enumerated() where relation.kind == .manyToMany {
                take(
                    "_" + relation.name, draft.models[relation.forward.model].schema, .relation(index), draft[relation.forward].place,
                    "@relation(\"…\") or @@map", &report)
            }
            // SQLite has no types, so an enum has no name there.
            if draft.provider == .sqlite { return }
            for (index, enumeration) in draft.enums.enumerated() {
                take(
                    enumeration.databaseName, enumeration.schema, .enumeration(index), (enumeration.map ?? enumeration.name).place,
                    "@@map", &report)
            }
        }

        private mutating func take(
            _ name: String, _ schema: Named?, _ owner: Owner, _ place: Place, _ attribute: String, _ report: inout Report
        ) {
            let key = Key(schema: schema?.text, name: name)
            guard let other = owners.updateValue(owner, forKey: key) else { return }
            owners[key] = other
            report.error(
                .duplicateDatabaseName, place, "\(title(owner)) is named '\(name)' in the database, as \(title(other)) is",
                help: "give one of them another name with \(attribute)")
        }

        private func title(_ owner: Owner) -> String {
            switch owner {
            case .model(let index): "the \(draft.models[index].kind) '\(draft.models[index].name.text)'"
            case .relation(let index): "the table of the relation \"\(draft.relations[index].name)\""
            case .enumeration(let index): "the enum '\(draft.enums[index].name.text)'"
            }
        }
    }
}
