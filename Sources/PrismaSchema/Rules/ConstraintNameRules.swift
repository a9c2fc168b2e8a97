/// Constraints and indexes have names in the database, whose spaces differ: one for all tables of a schema, and one for each table.
enum ConstraintNameRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        var check = Check(draft: draft)
        for model in draft.models.indices { check.keys(of: model, &report) }
        if draft.relationMode == .foreignKeys, draft.provider == .postgresql {
            for relation in draft.relations.indices where draft.relations[relation].kind != .manyToMany {
                check.foreignKey(relation, &report)
            }
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

    private enum Owner {
        case key(model: Int, key: Int)
        case relation(Int)
    }

    private struct Check {
        let draft: Draft
        var owners: [Space: Owner] = [:]
        var tables: [Table: Int] = [:]

        init(draft: Draft) {
            self.draft = draft
        }

        mutating func keys(of index: Int, _ report: inout Report) {
            let model = draft.models[index]
            // Two models of one table are reported as such.
            let table = Table(schema: model.schema?.text, name: model.databaseName)
            let isFirst = tables.updateValue(index, forKey: table) == nil
            let hasForeignKeys = model.fields.contains { $0.relation?.fields != nil }
            var hasPrimaryKey = false
            for (number, key) in model.keys.enumerated() where !key.fields.isEmpty && !key.isDamaged {
                if key.kind == .id {
                    // A second one is reported as such.
                    if draft.provider == .sqlite || hasPrimaryKey { continue }
                    hasPrimaryKey = true
                }
                let place = key.map?.place ?? key.place
                let owner = Owner.key(model: index, key: number)
                length(key.databaseName, place, owner, &report)
                if !isFirst { continue }
                take(Space(model: nil, schema: model.schema?.text, name: key.databaseName), owner, place, &report)
                if hasForeignKeys { owners[Space(model: index, schema: nil, name: key.databaseName)] = owner }
            }
        }

        mutating func foreignKey(_ index: Int, _ report: inout Report) {
            let relation = draft.relations[index]
            guard !relation.fields.isEmpty else { return }
            let field = draft[relation.forward]
            let place = field.relation?.map?.place ?? field.place
            length(relation.constraintName, place, .relation(index), &report)
            take(
                Space(model: relation.forward.model, schema: nil, name: relation.constraintName), .relation(index), place, &report)
        }

        private func title(_ owner: Owner) -> String {
            switch owner {
            case .key(let model, let key):
                return "\(draft.models[model].keys[key].attribute) of '\(draft.models[model].name.text)'"
            case .relation(let index):
                return "the foreign key of '\(RelationRules.title(draft.relations[index].forward, draft))'"
            }
        }

        private func length(_ name: String, _ place: Place, _ owner: Owner, _ report: inout Report) {
            if name.isEmpty {
                report.error(.argumentType, place, "'map' is empty", help: "write a name, or leave it out")
            } else if name.utf8.count > draft.provider.maximumNameLength {
                report.error(
                    .nameTooLong, place,
                    "the name of \(title(owner)) has \(name.utf8.count) bytes, and "
                        + "\(draft.provider.title) keeps \(draft.provider.maximumNameLength)",
                    help: "choose a shorter one")
            }
        }

        private mutating func take(_ space: Space, _ owner: Owner, _ place: Place, _ report: inout Report) {
            guard let other = owners.updateValue(owner, forKey: space) else { return }
            owners[space] = other
            report.error(
                .duplicateConstraintName, place, "\(title(owner)) is named '\(space.name)' in the database, as \(title(other)) is",
                help: "give one of them another name with 'map'")
        }
    }
}
