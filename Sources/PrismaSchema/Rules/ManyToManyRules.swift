/// What an implicit many-to-many relation needs: its table is made of the keys of both ends and nothing else.
enum ManyToManyRules {
    static func check(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        for (end, opposite) in [(relation.forward, relation.back), (relation.back, relation.forward)] {
            key(end, opposite, draft, &report)
            arguments(end, draft, &report)
        }
    }

    private static func key(_ end: FieldID, _ opposite: FieldID, _ draft: Draft, _ report: inout Report) {
        let target = draft.models[opposite.model]
        if target.isDamaged || target.primaryKey?.fields.count == 1 { return }
        report.error(
            .manyToMany, draft[end].place,
            "the many-to-many relation '\(RelationRules.title(end, draft))' needs '\(target.name.text)' to have a key of one field",
            help: "give '\(target.name.text)' a field with @id, or write a model for the table between with two relations")
    }

    private static func arguments(_ end: FieldID, _ draft: Draft, _ report: inout Report) {
        guard let relation = draft[end].relation else { return }
        if let place = relation.fieldsPlace ?? relation.referencesPlace {
            report.error(
                .manyToMany, place, "a many-to-many relation has no 'fields' and 'references': its table holds the keys of both ends",
                help: "remove them, or make one end a single row")
        }
        for place in [relation.onDelete?.place, relation.onUpdate?.place].compactMap(\.self) {
            report.error(
                .referentialAction, place, "a many-to-many relation has no actions: its pairs go when a row at either end goes",
                help: "remove it, or write a model for the table between")
        }
        if let map = relation.map {
            report.error(
                .unsupportedArgument, map.place, "a many-to-many relation has no 'map'",
                help: "name the relation, @relation(\"Name\"), to name its table '_Name'")
        }
    }
}
