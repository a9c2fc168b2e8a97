/// Which actions the provider has, and which ones a required field forbids.
enum ReferentialActionRules {
    static func check(_ relation: DraftRelation, _ draft: Draft, _ report: inout Report) {
        guard let attribute = draft[relation.forward].relation else { return }
        for (name, action) in [("onDelete", attribute.onDelete), ("onUpdate", attribute.onUpdate)] {
            guard let (action, place) = action else { continue }
            if draft.relationMode == .prisma { emulated(action, place, &report) }
            if action == .setNull { setNull(name, place, relation, draft, &report) }
        }
    }

    /// Without foreign keys the client acts, and has these three.
    private static func emulated(_ action: ReferentialAction, _ place: Place, _ report: inout Report) {
        if [.cascade, .restrict, .setNull].contains(action) { return }
        report.error(
            .referentialAction, place, "\(action.rawValue) is an action of the database, which relationMode = \"prisma\" does without",
            help: "write \(action == .noAction ? "Restrict" : "SetNull"), or Cascade")
    }

    private static func setNull(
        _ name: String, _ place: Place, _ relation: DraftRelation, _ draft: Draft, _ report: inout Report
    ) {
        let model = draft.models[relation.forward.model]
        guard let column = relation.fields.map({ model.fields[$0] }).first(where: { $0.arity == .required }) else { return }
        let message = "\(name): SetNull cannot work, since '\(column.name.text)' is required"
        let help = "make '\(column.name.text)' optional, or choose another action"
        // PostgreSQL takes such a foreign key and fails only when the action is due; Prisma lets it pass with a warning.
        if draft.provider == .postgresql, draft.relationMode == .foreignKeys {
            report.warning(.referentialAction, place, message, help: help)
        } else {
            report.error(.referentialAction, place, message, help: help)
        }
    }
}
