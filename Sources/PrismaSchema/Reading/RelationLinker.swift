/// Finds the two ends of every relation.
struct RelationLinker {
    private let draft: Draft
    private var report: Report
    private var relations: [DraftRelation] = []
    /// The fields without an opposite.
    private var lonely: [FieldID] = []

    /// The relations of the draft, in the source order of their first field.
    static func relations(of draft: Draft, report: inout Report) -> [DraftRelation] {
        ends(of: draft, report: &report).relations
    }

    /// The relations, and the fields that have no opposite.
    static func ends(of draft: Draft, report: inout Report) -> (relations: [DraftRelation], lonely: [FieldID]) {
        var linker = RelationLinker(draft: draft, report: report)
        linker.link()
        report = linker.report
        return (linker.relations, linker.lonely)
    }

    private init(draft: Draft, report: Report) {
        self.draft = draft
        self.report = report
    }

    /// What the two ends of a relation have in common.
    private struct Key: Hashable {
        let first: Int
        let second: Int
        let name: String?
    }

    private mutating func link() {
        var groups: [Key: [FieldID]] = [:]
        var order: [Key] = []
        // Between two models with a relation that could not be read, nothing that seems to be missing is reported.
        var unclear: Set<Key> = []
        for model in draft.models.indices {
            for (index, field) in draft.models[model].fields.enumerated() {
                guard case .model(let target) = field.type else { continue }
                if field.relation?.isDamaged == true {
                    unclear.insert(Key(first: min(model, target), second: max(model, target), name: nil))
                }
                let key = Key(first: min(model, target), second: max(model, target), name: field.relation?.name?.text)
                if groups[key]?.append(FieldID(model: model, field: index)) == nil {
                    groups[key] = [FieldID(model: model, field: index)]
                    order.append(key)
                }
            }
        }
        for key in order {
            guard let fields = groups[key] else { continue }
            if !unclear.isEmpty, unclear.contains(Key(first: key.first, second: key.second, name: nil)) { continue }
            let first = fields.filter { $0.model == key.first }
            let second = fields.filter { $0.model == key.second }
            if key.first == key.second {
                linkSelf(key, fields)
            } else if first.count > 1 || second.count > 1 {
                ambiguous(key, first.count > 1 ? first : second)
            } else if let a = first.first, let b = second.first {
                add(key, a, b)
            } else if let field = fields.first {
                missingOpposite(field)
            }
        }
    }

    private mutating func linkSelf(_ key: Key, _ fields: [FieldID]) {
        if fields.count == 1 {
            missingOpposite(fields[0])
        } else if fields.count == 2, key.name != nil {
            add(key, fields[0], fields[1])
        } else {
            ambiguous(key, fields)
        }
    }

    // MARK: Errors

    private mutating func ambiguous(_ key: Key, _ fields: [FieldID]) {
        let model = draft.models[fields[0].model]
        let target = key.first == key.second ? model : draft.models[fields[0].model == key.first ? key.second : key.first]
        let names = fields.map { "'\(draft[$0].name.text)'" }
        let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        for field in fields {
            let message: String
            let help: String
            switch (key.name, key.first == key.second) {
            case (let name?, _):
                message = "the relation \"\(name)\" has too many ends: \(list) of '\(model.name.text)'"
                help = "give each relation a name of its own, the same at both of its ends"
            case (nil, true) where fields.count == 2:
                message =
                    "the fields \(list) of '\(model.name.text)' refer to '\(model.name.text)' itself without saying how they belong together"
                help = "if they are the two ends of one relation, give both the same name: @relation(\"Name\")"
            case (nil, _):
                message =
                    "the fields \(list) of '\(model.name.text)' all refer to '\(target.name.text)', so the other ends cannot be told apart"
                help = "name each relation at both of its ends: @relation(\"Name\")"
            }
            report.error(.ambiguousRelation, draft[field].place, message, help: help)
        }
    }

    private mutating func missingOpposite(_ id: FieldID) {
        let field = draft[id]
        lonely.append(id)
        guard case .model(let target) = field.type, !draft.models[target].isUnclear else { return }
        let other = draft.models[target]
        let model = draft.models[id.model]
        report.error(
            .missingOpposite, field.place,
            "the relation '\(field.name.text)' has no opposite field in the \(other.isView ? "view" : "model") '\(other.name.text)'",
            help: "add one to '\(other.name.text)', such as '\(model.name.text.prefix(1).lowercased() + model.name.text.dropFirst()) "
                + "\(model.name.text)\(field.arity == .list ? "?" : "[]")', or let 'prisml format' add it")
    }

    // MARK: Both ends

    private mutating func add(_ key: Key, _ a: FieldID, _ b: FieldID) {
        let (first, second) = (draft[a], draft[b])
        let kind: DraftRelation.Kind
        var isSwapped: Bool
        switch (first.arity == .list, second.arity == .list) {
        case (true, true):
            kind = .manyToMany
            isSwapped = name(a) > name(b)
        case (false, false):
            kind = .oneToOne
            isSwapped = isBack(first, second, a, b)
        case (let isList, _):
            kind = .oneToMany
            isSwapped = isList
        }
        let (forward, back) = isSwapped ? (b, a) : (a, b)
        let models = [draft.models[a.model].name.text, draft.models[b.model].name.text].sorted()
        var relation = DraftRelation(
            name: key.name ?? "\(models[0])To\(models[1])", kind: kind, forward: forward, back: back)
        relation.fields = fieldIndices(draft[forward].relation?.fields, in: forward.model, "fields")
        relation.references = fieldIndices(draft[forward].relation?.references, in: back.model, "references")
        let model = draft.models[forward.model]
        relation.constraintName =
            draft[forward].relation?.map?.text
            ?? DatabaseNames(provider: draft.provider).foreignKey(
                model.databaseName, relation.fields.map { model.fields[$0].databaseName })
        relations.append(relation)
    }

    /// The order that decides which end is column `A` of a join table: by model, then by field.
    private func name(_ id: FieldID) -> (String, String) {
        (draft.models[id.model].name.text, draft[id].name.text)
    }

    /// Whether, of two single ends, the second one holds the foreign key.
    private func isBack(_ first: DraftField, _ second: DraftField, _ a: FieldID, _ b: FieldID) -> Bool {
        let (holds, otherHolds) = (first.relation?.fields != nil, second.relation?.fields != nil)
        if holds != otherHolds { return otherHolds }
        if first.arity != second.arity { return second.arity == .required }
        return name(a) > name(b)
    }

    private mutating func fieldIndices(_ names: [Named]?, in model: Int, _ argument: String) -> [Int] {
        var result: [Int] = []
        var seen: Set<Int> = []
        for name in names ?? [] {
            let target = draft.models[model]
            guard let index = target.fieldIndex[name.text] else {
                if !target.isDamaged {
                    let guess = report.closest(to: name.text, in: target.fields.map(\.name.text))
                    report.error(
                        .unknownField, name.place,
                        "'\(argument)' names '\(name.text)', which is no field of '\(target.name.text)'\(Suggestion.question(guess))",
                        help: argument == "fields"
                            ? "'fields' names fields of this model, 'references' those of the other"
                            : "'references' names fields of the other model, 'fields' those of this one")
                }
                continue
            }
            if case .model = target.fields[index].type {
                report.error(
                    .relationFields, name.place,
                    "'\(argument)' names the relation '\(name.text)'; it must name the field that holds the key",
                    help: "a relation such as 'author User' stands on a field such as 'authorId Int'")
                continue
            }
            if !seen.insert(index).inserted {
                report.error(.repeatedField, name.place, "'\(argument)' names '\(name.text)' twice", help: "remove one of them")
                continue
            }
            result.append(index)
        }
        return result
    }
}
