/// The validators that look at the whole draft; each adds what it finds to the report.
///
/// What can be told from one attribute alone is checked where the attribute is read.
enum Rules {
    typealias Check = @Sendable (Draft, inout Report) -> Void

    static let all: [Check] = [
        FieldRules.check,
        NativeTypeRules.check,
        KeyRules.check,
        IndexRules.check,
        DatabaseSchemaRules.check,
        DatabaseNameRules.check,
        ConstraintNameRules.check,
        RelationRules.check,
        ManyToManyRules.check,
        ReferentialActionRules.check,
    ]
}
