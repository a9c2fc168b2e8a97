/// What keys and unique constraints of a model can be.
enum KeyRules {
    static func check(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        for key in model.keys { check(key, model, draft, &report) }
        multiple(model, &report)
        missing(model, draft, &report)
        clientNames(model, &report)
        autoincrement(model, draft, &report)
    }

    // MARK: One key

    private static func check(_ key: DraftKey, _ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        for part in key.fields {
            let field = model.fields[part.field]
            if case .model = field.type { relation(field, part, key, model, &report) }
            if key.kind == .id, field.arity != .required, !model.isIgnored {
                let state = field.arity == .list ? "a list" : "optional"
                report.error(
                    .optionalKey, part.place, "'\(field.name.text)' is \(state), but a key must be there in every row",
                    help: field.arity == .list ? "choose another field" : "remove the '?', or use @unique")
            }
            if let length = part.length {
                report.error(
                    .unsupportedArgument, part.place, "\(draft.provider.title) indexes whole values, not the first \(length) bytes",
                    help: "remove 'length'")
            }
            if key.kind == .id, part.sort != nil {
                report.error(
                    .unsupportedArgument, part.place, "\(draft.provider.title) keeps no order in a primary key", help: "remove 'sort'")
            }
        }
        if let place = key.clusteredPlace {
            report.error(
                .unsupportedArgument, place, "\(draft.provider.title) has no clustered indexes of this kind", help: "remove 'clustered'")
        }
        if key.kind == .id, draft.provider == .sqlite, let map = key.map {
            report.error(.unsupportedArgument, map.place, "SQLite has no names for primary keys", help: "remove 'map'")
        }
    }

    private static func relation(
        _ field: DraftField, _ part: DraftKeyField, _ key: DraftKey, _ model: DraftModel, _ report: inout Report
    ) {
        let columns = (field.relation?.fields ?? []).map(\.text)
        let help =
            columns.isEmpty
            ? "name the field that holds the key" : "name \(columns.map { "'\($0)'" }.joined(separator: " and ")) instead"
        report.error(
            .invalidKeyField, part.place, "\(key.attribute) cannot stand on '\(field.name.text)', which is a relation and no column",
            help: help)
    }

    // MARK: The keys of a model together

    private static func multiple(_ model: DraftModel, _ report: inout Report) {
        for key in model.keys.filter({ $0.kind == .id }).dropFirst() {
            report.error(
                .multipleKeys, key.place, "the \(model.kind) '\(model.name.text)' has a primary key already",
                help: "for a key of several fields write one @@id([a, b]); other keys are @unique")
        }
    }

    private static func missing(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        if model.isIgnored || model.isDamaged || model.isView || model.fields.isEmpty { return }
        let keys = model.uniqueKeys
        let isStrict = keys.contains { key in
            key.fields.allSatisfy { part in
                let field = model.fields[part.field]
                if case .unsupported = field.type { return false }
                return field.arity == .required || key.kind == .id
            }
        }
        if isStrict { return }
        let isKeyless = !keys.contains { _ in true }
        report.error(
            .missingKey, model.name.place,
            isKeyless
                ? "the model '\(model.name.text)' has no key that tells one row from another"
                : "the model '\(model.name.text)' has only keys that may be missing in a row",
            help: isKeyless
                ? "put @id or @unique on a required field, or write @@id([a, b])"
                : "make the fields of a key required, or put @id on another field")
    }

    /// A key of several fields has a name in the client, where the fields are too.
    private static func clientNames(_ model: DraftModel, _ report: inout Report) {
        var names: Set<String> = []
        for key in model.uniqueKeys where !key.isOnField {
            let fields = key.fields.map { model.fields[$0.field].name.text }
            let name = key.name?.text ?? fields.joined(separator: "_")
            let place = key.name?.place ?? key.place
            if let custom = key.name {
                if custom.text.isEmpty || !isName(custom.text) {
                    report.error(
                        .invalidName, place, "the name '\(custom.text)' of \(key.attribute) is not one that code can use",
                        help: "a name is a letter of a to z, then letters, digits and '_'; 'map' gives the name in the database")
                    continue
                }
                if !names.insert(name).inserted {
                    report.error(
                        .duplicateIndexName, place, "another key of '\(model.name.text)' is named '\(name)' already",
                        help: "choose another name")
                    continue
                }
            }
            if key.fields.count > 1 || key.name != nil, model.fieldIndex[name] != nil {
                report.error(
                    .clientNameClash, place, "the key is named '\(name)' in the client, as a field of '\(model.name.text)' is",
                    help: "give the key another name: \(key.attribute)([\(fields.joined(separator: ", "))], name: \"…\")")
            }
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, ASCII.isLetter(first) else { return false }
        return text.utf8.allSatisfy { ASCII.isNamePart($0) && $0 != ASCII.minus }
    }

    // MARK: autoincrement()

    /// SQLite counts in the primary key only.
    private static func autoincrement(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        guard draft.provider == .sqlite else { return }
        for (index, field) in model.fields.enumerated() {
            guard let value = field.default, value.value == .function(.autoincrement) else { continue }
            let isKey = model.primaryKey.map { $0.fields.map(\.field) == [index] } ?? false
            if !isKey {
                report.error(
                    .invalidAutoincrement, value.place, "SQLite counts only in a primary key of one field",
                    help: "make '\(field.name.text)' the key with @id, or give it another default")
            }
        }
    }
}
