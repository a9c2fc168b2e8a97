/// What both ends of a relation must agree on.
enum RelationRules {
    static func check(_ draft: Draft, _ report: inout Report) {
        for relation in draft.relations where relation.kind != .manyToMany {
            let forward = draft[relation.forward]
            if forward.relation?.fields == nil || forward.relation?.references == nil {
                report.error(.relationFields, forward.place, "the relation '\(forward.name.text)' needs 'fields' and 'references'")
            }
        }
    }
}
