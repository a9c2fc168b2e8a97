/// Constraints and indexes have names in the database, whose spaces differ: one for all tables of a schema, and one for each table.
enum ConstraintNameRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        var check = Check(draft: draft)
        for model in draft.models.indices { check.keys(of: model, &report) }
        if draft.relationMode == .foreignKeys, draft.provider == .postgresql {
            for relation in draft.relations where relation.kind != .manyToMany { check.foreignKey(of: relation, &report) }
        }
    }

    private struct Space: Hashable {
        /// Nil for the names that all tables share.
        let model: Int?
        let schema: String?
        let name: String
    }

    private struct Table: Hashable {
        let schema: String?
        let name: String
    }

    private struct Check {
        let draft: Draft
        let names: DatabaseNames
        var owners: [Space: String] = [:]
        var tables: [Table: Int] = [:]

        init(draft: Draft) {
            self.draft = draft
            names = DatabaseNames(provider: draft.provider)
        }

        mutating func keys(of index: Int, _ report: inout Report) {
            let model = draft.models[index]
            var hasPrimaryKey = false
            for key in model.keys where !key.fields.isEmpty {
                let columns = key.fields.map { model.fields[$0.field].databaseName }
                let standard: String
                switch key.kind {
                case .id:
                    // A second one is reported as such.
                    if draft.provider == .sqlite || hasPrimaryKey { continue }
                    hasPrimaryKey = true
                    standard = names.primaryKey(model.databaseName)
                case .unique: standard = names.unique(model.databaseName, columns)
                case .index, .fulltext: standard = names.index(model.databaseName, columns)
                }
                let name = key.map?.text ?? standard
                let place = key.map?.place ?? key.place
                let owner = "\(key.attribute) of '\(model.name.text)'"
                length(name, place, owner, &report)
                let table = Table(schema: model.schema?.text, name: model.databaseName)
                // Two models of one table are reported as such.
                if tables[table] ?? index != index { continue }
                tables[table] = index
                take(Space(model: nil, schema: model.schema?.text, name: name), owner, place, &report)
                owners[Space(model: index, schema: nil, name: name)] = owner
            }
        }

        mutating func foreignKey(of relation: DraftRelation, _ report: inout Report) {
            guard !relation.fields.isEmpty else { return }
            let model = draft.models[relation.forward.model]
            let field = draft[relation.forward]
            let name =
                field.relation?.map?.text
                ?? names.foreignKey(model.databaseName, relation.fields.map { model.fields[$0].databaseName })
            let place = field.relation?.map?.place ?? field.place
            let owner = "the foreign key of '\(model.name.text).\(field.name.text)'"
            length(name, place, owner, &report)
            take(Space(model: relation.forward.model, schema: nil, name: name), owner, place, &report)
        }

        private func length(_ name: String, _ place: Place, _ owner: String, _ report: inout Report) {
            if name.isEmpty {
                report.error(.argumentType, place, "'map' is empty", help: "write a name, or leave it out")
            } else if name.utf8.count > draft.provider.maximumNameLength {
                report.error(
                    .nameTooLong, place,
                    "the name of \(owner) has \(name.utf8.count) bytes, and \(draft.provider.title) keeps \(draft.provider.maximumNameLength)",
                    help: "choose a shorter one")
            }
        }

        private mutating func take(_ space: Space, _ owner: String, _ place: Place, _ report: inout Report) {
            guard let other = owners.updateValue(owner, forKey: space) else { return }
            owners[space] = other
            report.error(
                .duplicateConstraintName, place, "\(owner) is named '\(space.name)' in the database, as \(other) is",
                help: "give one of them another name with 'map'")
        }
    }
}
