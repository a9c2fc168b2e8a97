/// What the two ends of a relation with a foreign key must agree on.
enum RelationRules {
    static func check(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        sides(relation, draft, &report)
        if hasAllNames(relation, draft) {
            columns(relation, draft, &report)
            arity(relation, draft, &report)
            references(relation, draft, &report)
            if relation.kind == .oneToOne { unique(relation, draft, &report) }
            if draft.relationMode == .prisma { index(relation, draft, &report) }
        }
        map(relation, draft, &report)
    }

    /// `Post.author`
    static func title(_ id: FieldID, _ draft: Draft) -> String { "\(draft.models[id.model].name.text).\(draft[id].name.text)" }

    /// Whether all names in `fields` and `references` are right; those that are not have been reported.
    private static func hasAllNames(_ relation: DraftRelation, _ draft: Draft) -> Bool {
        guard let attribute = draft[relation.forward].relation, let fields = attribute.fields, let references = attribute.references
        else { return false }
        return !fields.isEmpty && !references.isEmpty && fields.count == relation.fields.count
            && references.count == relation.references.count
    }

    // MARK: Which end says what

    private static func sides(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let (forward, back) = (draft[relation.forward], draft[relation.back])
        let (forwardTitle, backTitle) = (title(relation.forward, draft), title(relation.back, draft))
        let hasBackArguments = back.relation?.fields != nil || back.relation?.references != nil
        let hasForwardArguments = forward.relation?.fields != nil || forward.relation?.references != nil
        if hasBackArguments, relation.kind == .oneToMany {
            report.error(
                .relationFields, back.relation?.place ?? back.place,
                "'\(backTitle)' is a list, so the key is held by '\(forwardTitle)', where 'fields' and 'references' belong",
                help: "move them there")
        } else if hasBackArguments, hasForwardArguments {
            report.error(
                .relationFields, back.relation?.place ?? back.place,
                "both '\(forwardTitle)' and '\(backTitle)' name 'fields' or 'references', but only one end holds the key",
                help: "name both at one end, and neither at the other")
        } else if (forward.relation?.fields ?? []).isEmpty || (forward.relation?.references ?? []).isEmpty {
            missing(relation, draft, &report)
        }
        if relation.kind == .oneToOne, back.arity == .required {
            report.error(
                .relationArity, back.place,
                "'\(backTitle)' cannot be required, since no database can see to it that such a row exists",
                help: forward.arity == .required || hasForwardArguments
                    ? "write '\(draft.models[relation.forward.model].name.text)?'"
                    : "make one end optional; the other holds 'fields' and 'references'")
        }
        if let place = back.relation?.onDelete?.place ?? back.relation?.onUpdate?.place {
            report.error(
                .referentialAction, place, "'onDelete' and 'onUpdate' belong to the end that holds the key, '\(forwardTitle)'",
                help: "move them there")
        }
    }

    private static func missing(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let forward = draft[relation.forward]
        var lacking: [String] = []
        if forward.relation?.fields == nil { lacking.append("'fields'") }
        if forward.relation?.references == nil { lacking.append("'references'") }
        let target = draft.models[relation.back.model]
        let key = target.firstKey?.fields.first.map { target.fields[$0.field].name.text } ?? "id"
        report.error(
            .relationFields, forward.relation?.place ?? forward.place,
            "the relation '\(title(relation.forward, draft))' does not say on which fields it stands: \(lacking.joined(separator: " and ")) missing",
            help: "write @relation(fields: [\(forward.name.text)Id], references: [\(key)]), or let 'prisml format' add it")
    }

    // MARK: The fields

    private static func columns(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let (model, target) = (draft.models[relation.forward.model], draft.models[relation.back.model])
        guard let attribute = draft[relation.forward].relation else { return }
        if relation.fields.count != relation.references.count {
            report.error(
                .relationFields, attribute.place,
                "'fields' names \(relation.fields.count) and 'references' names \(relation.references.count)",
                help: "each field refers to one field of '\(target.name.text)', in the same order")
            return
        }
        for (index, (mine, theirs)) in zip(relation.fields, relation.references).enumerated() {
            let (field, other) = (model.fields[mine], target.fields[theirs])
            if field.type == .unknown || other.type == .unknown { continue }
            let place = attribute.fields.map { $0[index].place } ?? attribute.place
            if field.arity == .list || other.arity == .list {
                report.error(
                    .relationTypes, place,
                    "'\((field.arity == .list ? field : other).name.text)' is a list, which no foreign key can stand on",
                    help: "use a many-to-many relation: a list of the other model at both ends")
            } else if field.type != other.type {
                report.error(
                    .relationTypes, place,
                    "'\(model.name.text).\(field.name.text)' and '\(target.name.text).\(other.name.text)' differ in type",
                    help: "make '\(field.name.text)' \(typeName(other, draft))")
            }
        }
    }

    private static func typeName(_ field: DraftField, _ draft: Draft) -> String {
        switch field.type {
        case .scalar(let type): type.rawValue
        case .enumeration(let index): draft.enums[index].name.text
        case .unsupported(let text): "Unsupported(\"\(text)\")"
        case .model(let index): draft.models[index].name.text
        case .unknown: "the same type"
        }
    }

    private static func arity(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let field = draft[relation.forward]
        guard field.arity == .required else { return }
        let model = draft.models[relation.forward.model]
        for case let column in relation.fields.map({ model.fields[$0] }) where column.arity == .optional {
            report.error(
                .relationArity, field.typePlace,
                "'\(field.name.text)' is required, but '\(column.name.text)', on which it stands, is optional",
                help: "write '\(draft.models[relation.back.model].name.text)?', or make '\(column.name.text)' required")
            return
        }
    }

    /// What is referred to must be a key.
    private static func references(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let target = draft.models[relation.back.model]
        if target.isDamaged || target.hasKey(over: relation.references) { return }
        let names = relation.references.map { target.fields[$0].name.text }
        let place = draft[relation.forward].relation?.referencesPlace ?? draft[relation.forward].place
        report.error(
            .relationReferences, place,
            "'references' must name a key of '\(target.name.text)', which \(names.map { "'\($0)'" }.joined(separator: " and ")) "
                + (names.count == 1 ? "is not" : "together are not"),
            help: names.count == 1
                ? "put @unique on '\(target.name.text).\(names[0])'"
                : "add @@unique([\(names.joined(separator: ", "))]) to '\(target.name.text)'")
    }

    /// One row at each end: no two rows may hold the same key.
    private static func unique(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let model = draft.models[relation.forward.model]
        if model.isDamaged || model.hasKey(over: relation.fields) { return }
        let names = relation.fields.map { model.fields[$0].name.text }
        let place = draft[relation.forward].relation?.fieldsPlace ?? draft[relation.forward].place
        report.error(
            .relationNotUnique, place,
            "the relation '\(title(relation.forward, draft))' is one-to-one, but several rows could hold the same "
                + names.map { "'\($0)'" }.joined(separator: " and "),
            help: (names.count == 1 ? "put @unique on '\(names[0])'" : "add @@unique([\(names.joined(separator: ", "))])")
                + ", or make '\(title(relation.back, draft))' a list")
    }

    /// Without foreign keys nothing else would make an index that finds the rows of a relation.
    private static func index(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        let model = draft.models[relation.forward.model]
        let isIndexed = model.keys.contains { key in key.fields.prefix(relation.fields.count).map(\.field) == relation.fields }
        if isIndexed { return }
        let names = relation.fields.map { model.fields[$0].name.text }.joined(separator: ", ")
        report.warning(
            .missingRelationIndex, draft[relation.forward].relation?.place ?? draft[relation.forward].place,
            "with relationMode = \"prisma\" no index comes with the relation, so that following it reads the whole table",
            help: "add @@index([\(names)])")
    }

    private static func map(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        for end in [relation.forward, relation.back] {
            guard let map = draft[end].relation?.map, draft.provider == .sqlite else { continue }
            report.error(.unsupportedArgument, map.place, "SQLite has no names for foreign keys", help: "remove 'map'")
        }
    }
}
