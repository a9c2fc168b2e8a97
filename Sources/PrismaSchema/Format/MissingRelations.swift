/// Finds what relations miss and can be written without asking: the field at the other end, the field that holds the key,
/// and the arguments that name both.
struct MissingRelations {
    private let draft: Draft
    private let blocks: [Place: Block]
    private var additions: [Addition] = []
    /// The names that each model has, those that are added included.
    private var taken: [Int: Set<String>] = [:]
    private var appended: Set<Int> = []

    static func additions(to trees: [Tree], files: [SourceFile]) -> [Addition] {
        var report = Report()
        var draft = Reader.draft(of: trees, files: files, report: &report)
        if report.hasErrors { return [] }
        var linkReport = Report()
        let groups = RelationLinker.ends(of: draft, report: &linkReport)
        draft.relations = groups.relations
        // A name that is no field may be a slip; adding fields for it would hide that.
        if linkReport.problems.contains(where: { $0.rule != .missingOpposite && $0.rule != .ambiguousRelation }) { return [] }
        if groups.lonely.isEmpty, !draft.relations.contains(where: { MissingRelations.isIncomplete($0, draft) }) { return [] }
        var search = MissingRelations(draft: draft, trees: trees)
        for field in groups.lonely { search.addOpposite(of: field) }
        for relation in draft.relations where MissingRelations.isIncomplete(relation, draft) {
            search.complete(relation.forward, relation.back.model, isUnique: relation.kind == .oneToOne)
        }
        return search.additions
    }

    private init(draft: Draft, trees: [Tree]) {
        self.draft = draft
        var blocks: [Place: Block] = [:]
        for tree in trees {
            for case .block(let block) in tree.items { blocks[Place(file: tree.file, span: block.span)] = block }
        }
        self.blocks = blocks
    }

    /// Whether neither end of a relation names the fields that it stands on.
    private static func isIncomplete(_ relation: DraftRelation, _ draft: Draft) -> Bool {
        guard relation.kind != .manyToMany else { return false }
        let (forward, back) = (draft[relation.forward].relation, draft[relation.back].relation)
        if back?.fields != nil || back?.references != nil { return false }
        return forward?.fields == nil || forward?.references == nil
    }

    // MARK: The other end

    private mutating func addOpposite(of id: FieldID) {
        let field = draft[id]
        guard case .model(let target) = field.type else { return }
        let name = field.relation?.name?.text
        // Without a name, the two ends of a relation of a model with itself could not be told apart.
        if target == id.model, name == nil { return }
        let relationName = name.map(JSONText.quoted)
        let model = draft.models[id.model]
        if field.arity == .list {
            guard let key = key(of: id.model) else { return }
            let newName = free(MissingRelations.lowercased(model.name.text), in: target)
            let columns = columns(of: id.model, key, relation: newName, in: target, arity: .optional)
            let arity = columns.allSatisfy { $0.arity == .required } ? "" : "?"
            let arguments = relationArguments(relationName, columns.map(\.name), key.map { model.fields[$0].name.text })
            append("\(newName) \(model.name.text)\(arity) @relation(\(arguments))\(ignore(model))", to: target)
            for column in columns { if let line = column.line { append(line, to: target) } }
        } else {
            let isUnique = holdsUnique(field, model)
            let base = MissingRelations.lowercased(model.name.text)
            let newName = free(isUnique ? base : MissingRelations.plural(base), in: target)
            let attribute = relationName.map { " @relation(\($0))" } ?? ""
            append("\(newName) \(model.name.text)\(isUnique ? "?" : "[]")\(attribute)\(ignore(model))", to: target)
            if field.relation?.fields == nil || field.relation?.references == nil {
                complete(id, target, isUnique: isUnique)
            }
        }
    }

    private func ignore(_ model: DraftModel) -> String { model.isIgnored ? " @ignore" : "" }

    private func relationArguments(_ name: String?, _ fields: [String], _ references: [String]) -> String {
        [name, "fields: [\(fields.joined(separator: ", "))]", "references: [\(references.joined(separator: ", "))]"]
            .compactMap(\.self).joined(separator: ", ")
    }

    /// Whether the fields that a relation stands on are unique, so that there is one row at each end.
    private func holdsUnique(_ field: DraftField, _ model: DraftModel) -> Bool {
        guard let names = field.relation?.fields else { return false }
        return model.hasKey(over: names.compactMap { model.fieldIndex[$0.text] })
    }

    // MARK: The key

    /// Adds `fields` and `references` to a relation, and the fields themselves.
    private mutating func complete(_ id: FieldID, _ target: Int, isUnique: Bool) {
        let field = draft[id]
        let relation = field.relation
        guard let key = key(of: target) else { return }
        let other = draft.models[target]
        var arguments: [String] = []
        if relation?.fields == nil {
            if let references = relation?.references, references.map(\.text) != key.map({ other.fields[$0].name.text }) { return }
            let columns = columns(
                of: target, key, relation: field.name.text, in: id.model, arity: field.arity, isUnique: isUnique && key.count == 1)
            arguments.append("fields: [\(columns.map(\.name).joined(separator: ", "))]")
            for column in columns { if let line = column.line { append(line, to: id.model) } }
        }
        if relation?.references == nil {
            if let fields = relation?.fields, fields.count != key.count { return }
            arguments.append("references: [\(key.map { other.fields[$0].name.text }.joined(separator: ", "))]")
        }
        insert(arguments.joined(separator: ", "), at: field)
    }

    /// Puts arguments into the field's `@relation`, or a new one behind its type.
    private mutating func insert(_ arguments: String, at field: DraftField) {
        let (offset, text): (Int, String)
        switch (field.relation?.syntax, field.relation?.syntax.arguments?.last) {
        case (nil, _): (offset, text) = (field.typeEnd, " @relation(\(arguments))")
        case (_?, let last?): (offset, text) = (last.span.end, ", \(arguments)")
        case (let syntax?, nil) where syntax.arguments == nil: (offset, text) = (syntax.span.end, "(\(arguments))")
        case (let syntax?, nil): (offset, text) = (syntax.span.end - 1, arguments)
        }
        additions.append(Addition(file: field.place.file, offset: offset, text: text))
    }

    /// The fields of the first key of a model.
    private func key(of model: Int) -> [Int]? {
        let model = draft.models[model]
        guard let key = model.firstKey, !key.fields.isEmpty else { return nil }
        return key.fields.map(\.field)
    }

    /// A field that holds a part of a key; its line when it must be added.
    private struct Column {
        let name: String
        let arity: Arity
        let line: String?
    }

    /// The fields of `model` that hold the key of `target`: those that are there by a name that says so, or new ones.
    private mutating func columns(
        of target: Int, _ key: [Int], relation: String, in model: Int, arity: Arity, isUnique: Bool = false
    ) -> [Column] {
        let other = draft.models[target]
        return key.map { index in
            let field = other.fields[index]
            let suffix = field.name.text.prefix(1).uppercased() + field.name.text.dropFirst()
            let byField = relation + suffix
            let byModel = MissingRelations.lowercased(other.name.text) + suffix
            for name in [byField, byModel] {
                if let existing = draft.models[model].fieldIndex[name], draft.models[model].fields[existing].type == field.type {
                    return Column(name: name, arity: draft.models[model].fields[existing].arity, line: nil)
                }
            }
            let name = free(byModel, in: model)
            var line = "\(name) \(typeName(field))\(arity == .optional ? "?" : "")"
            if isUnique { line += " @unique" }
            if let native = field.native { line += " " + draft.files[native.place.file].text(native.place.span) }
            return Column(name: name, arity: arity, line: line)
        }
    }

    private func typeName(_ field: DraftField) -> String { draft.files[field.typePlace.file].text(field.typePlace.span) }

    // MARK: Lines

    /// The name, or the name with the first number that makes it free.
    private mutating func free(_ name: String, in model: Int) -> String {
        var names = taken[model] ?? Set(draft.models[model].fieldIndex.keys)
        var candidate = name
        var number = 2
        while !names.insert(candidate).inserted {
            candidate = "\(name)\(number)"
            number += 1
        }
        taken[model] = names
        return candidate
    }

    /// Adds a line at the end of a model.
    private mutating func append(_ line: String, to model: Int) {
        let place = draft.models[model].place
        guard let block = blocks[place], block.span.end > 0 else { return }
        // A blank line keeps a comment at the end from becoming that of the new field.
        var separator = ""
        if case .comment? = block.members.last, appended.insert(model).inserted { separator = "\n" }
        additions.append(Addition(file: place.file, offset: block.span.end - 1, text: separator + line + "\n"))
    }

    private static func lowercased(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

    /// The English plural, as far as a rule gives it.
    private static func plural(_ name: String) -> String {
        let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
        if name.hasSuffix("y"), let before = name.dropLast().last, !vowels.contains(before) { return name.dropLast() + "ies" }
        if ["s", "x", "z", "ch", "sh"].contains(where: name.hasSuffix) { return name + "es" }
        return name + "s"
    }
}
