/// Which attributes a field of a certain type can have, and which types the database can hold.
enum FieldRules {
    static func check(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        if model.fields.isEmpty, !model.isDamaged {
            report.error(
                .emptyModel, model.name.place, "the \(model.kind) '\(model.name.text)' has no fields",
                help: model.isView ? "write the columns of the view" : "write at least a key: 'id Int @id'")
        }
        for field in model.fields {
            switch field.type {
            case .model(let target): relation(field, draft.models[target], model, draft, &report)
            case .scalar, .enumeration, .unsupported: column(field, model, draft, &report)
            case .unknown: break
            }
        }
    }

    private static func column(_ field: DraftField, _ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        if let relation = field.relation {
            report.error(
                .attributeNotAllowed, relation.place, "'\(field.name.text)' is no relation, since its type is not a model",
                help: "remove @relation, or make the type a model")
        }
        if field.arity == .list, draft.provider == .sqlite {
            report.error(
                .listNotSupported, field.place, "SQLite has no lists, so '\(field.name.text)' cannot be one",
                help: "use a field of type Json, or a model of its own with a relation")
        }
        if let place = field.updatedAt, field.type != .scalar(.dateTime) || field.arity == .list {
            report.error(
                .invalidUpdatedAt, place, "@updatedAt sets a time, which '\(field.name.text)' cannot hold", help: "make its type DateTime")
        }
        if let map = field.default?.map {
            report.error(
                .unsupportedArgument, map.place, "\(draft.provider.title) has no names for defaults", help: "remove 'map'")
        }
        if field.isIgnored, model.isIgnored {
            report.error(
                .attributeNotAllowed, field.place, "'\(field.name.text)' needs no @ignore, since all of '\(model.name.text)' is ignored",
                help: "remove the @ignore of the field")
        }
        if case .unsupported(let type) = field.type {
            if field.isIgnored {
                report.error(
                    .attributeNotAllowed, field.place, "a field of an unsupported type is kept out of the client without @ignore",
                    help: "remove the @ignore")
            }
            supported(type, field, draft, &report)
        }
    }

    /// A type that the language has a name for is better written by it.
    private static func supported(_ type: String, _ field: DraftField, _ draft: Draft, _ report: inout Report) {
        let name = String(type.prefix { $0 != "(" })
        guard draft.provider == .postgresql, let native = PostgresType(rawValue: name) else { return }
        report.error(
            .unknownType, field.typePlace, "the type '\(type)' is supported, so Unsupported(\"…\") is not needed",
            help: "write '\(native.scalar.rawValue) @\(draft.datasource?.name ?? "db").\(type)'")
    }

    private static func relation(
        _ field: DraftField, _ target: DraftModel, _ model: DraftModel, _ draft: Draft, _ report: inout Report
    ) {
        if let map = field.map {
            report.error(
                .attributeNotAllowed, map.place, "the relation '\(field.name.text)' is no column, so it has no name in the database",
                help: "put @map on the field that holds the key")
        }
        if let place = field.updatedAt {
            report.error(.invalidUpdatedAt, place, "@updatedAt sets a time, which a relation cannot hold", help: "remove it")
        }
        if let native = field.native {
            report.error(
                .attributeNotAllowed, native.place, "the relation '\(field.name.text)' is no column, so it has no type in the database",
                help: "put the attribute on the field that holds the key")
        }
        if target.isIgnored, !field.isIgnored, !model.isIgnored {
            report.error(
                .ignoredModel, field.place, "'\(field.name.text)' refers to '\(target.name.text)', which is ignored",
                help: "put @ignore on the field too")
        }
    }
}

extension DraftModel {
    var kind: String { isView ? "view" : "model" }
}
