/// The validators of a draft; each adds what it finds to the report.
///
/// What can be told from one attribute alone is checked where the attribute is read. What concerns one model is checked for one
/// model after the other, while it is at hand: a large schema does not fit into a processor's cache.
enum Rules {
    static func check(_ draft: Draft, _ report: inout Report) {
        for model in draft.models {
            for rule in models { rule(model, draft, &report) }
        }
        for relation in draft.relations {
            for rule in relation.kind == .manyToMany ? joins : relations { rule(relation, draft, &report) }
        }
        for rule in schema { rule(draft, &report) }
    }

    private static let models: [@Sendable (DraftModel, Draft, inout Report) -> Void] = [
        FieldRules.check, NativeTypeRules.check, KeyRules.check, IndexRules.check,
    ]

    private static let relations: [@Sendable (DraftRelation, Draft, inout Report) -> Void] = [
        RelationRules.check, ReferentialActionRules.check,
    ]

    /// For many-to-many relations.
    private static let joins: [@Sendable (DraftRelation, Draft, inout Report) -> Void] = [ManyToManyRules.check]

    private static let schema: [@Sendable (Draft, inout Report) -> Void] = [
        DatabaseSchemaRules.check, DatabaseNameRules.check, ConstraintNameRules.check,
    ]
}
