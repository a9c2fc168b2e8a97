/// Which indexes the database has, over which types.
enum IndexRules {
    static func check(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        for key in model.keys {
            switch key.kind {
            case .fulltext:
                report.error(
                    .indexNotSupported, key.place, "\(draft.provider.title) has no @@fulltext index",
                    help: draft.provider == .postgresql
                        ? "use @@index([…], type: Gin) over a field of type Unsupported(\"tsvector\")" : "remove it")
            case .index: index(key, model, draft, &report)
            case .id, .unique: operatorClasses(key, &report)
            }
            if model.isView, key.kind == .index || key.kind == .fulltext {
                report.warning(
                    .view, key.place, "a view has no indexes, so \(key.attribute) has no effect", help: "remove it")
            }
            if key.kind != .fulltext, draft.provider == .postgresql { xml(key, model, &report) }
        }
    }

    private static func operatorClasses(_ key: DraftKey, _ report: inout Report) {
        for case let operatorClass? in key.fields.map(\.operatorClass) {
            report.error(
                .invalidOperatorClass, operatorClass.place, "only @@index has operator classes, \(key.attribute) has not",
                help: "remove 'ops'")
        }
    }

    private static func xml(_ key: DraftKey, _ model: DraftModel, _ report: inout Report) {
        for part in key.fields where model.fields[part.field].native?.name == PostgresType.xml.rawValue {
            report.error(
                .indexNotSupported, part.place, "PostgreSQL cannot index '\(model.fields[part.field].name.text)', since it is XML",
                help: "index another field, or store it as Text")
        }
    }

    private static func index(_ key: DraftKey, _ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        let algorithm = key.algorithm ?? .bTree
        if draft.provider == .sqlite {
            if let place = key.algorithmPlace, algorithm != .bTree {
                report.error(
                    .indexNotSupported, place, "SQLite has no \(algorithm.rawValue) indexes", help: "remove 'type'")
            }
            for case let operatorClass? in key.fields.map(\.operatorClass) {
                report.error(
                    .invalidOperatorClass, operatorClass.place, "SQLite has no operator classes", help: "remove 'ops'")
            }
            return
        }
        if algorithm == .spGist || algorithm == .hash, key.fields.count > 1 {
            report.error(
                .indexNotSupported, key.place, "an index of type \(algorithm.rawValue) stands on one field only",
                help: "make one index for each field")
        }
        for part in key.fields {
            if part.sort != nil, algorithm != .bTree {
                report.error(
                    .unsupportedArgument, part.place, "an index of type \(algorithm.rawValue) has no order", help: "remove 'sort'")
            }
            operatorClass(part, algorithm, model, &report)
        }
    }

    // MARK: Operator classes of PostgreSQL

    private static func operatorClass(
        _ part: DraftKeyField, _ algorithm: IndexAlgorithm, _ model: DraftModel, _ report: inout Report
    ) {
        let field = model.fields[part.field]
        let type = storedType(of: field)
        guard let named = part.operatorClass else {
            if !hasDefaultClass(algorithm, field, type) {
                report.error(
                    .indexNotSupported, part.place,
                    "an index of type \(algorithm.rawValue) has no default way to compare '\(field.name.text)'",
                    help: "name one, such as '\(field.name.text)(ops: raw(\"gin_trgm_ops\"))', or leave out 'type'")
            }
            return
        }
        if named.isRaw { return }
        guard let known = OperatorClass(name: named.name) else {
            let guess = report.closest(to: named.name, in: OperatorClass.names)
            report.error(
                .invalidOperatorClass, named.place, "unknown operator class '\(named.name)'\(Suggestion.question(guess))",
                help: "write any class of the database as raw(\"…\")")
            return
        }
        if !known.algorithms.contains(algorithm) {
            let types = known.algorithms.map(\.rawValue).joined(separator: " or ")
            report.error(
                .invalidOperatorClass, named.place, "the operator class \(named.name) is not one for indexes of type \(algorithm.rawValue)",
                help: "write 'type: \(types)'")
        } else if !(known.types.isEmpty ? field.arity == .list : type.map(known.types.contains) ?? false) {
            let types = known.types.isEmpty ? "a list" : known.types.map(\.rawValue).joined(separator: " or ")
            report.error(
                .invalidOperatorClass, named.place, "the operator class \(named.name) cannot compare '\(field.name.text)'",
                help: "it is for a field stored as \(types)")
        }
    }

    /// The type of the column, where it is one that is known.
    private static func storedType(of field: DraftField) -> PostgresType? {
        guard case .scalar(let scalar) = field.type, field.arity != .list else { return nil }
        return field.native.flatMap { PostgresType(rawValue: $0.name) } ?? PostgresType.standard(for: scalar)
    }

    private static func hasDefaultClass(_ algorithm: IndexAlgorithm, _ field: DraftField, _ type: PostgresType?) -> Bool {
        // What the language does not know, the database may.
        if case .unsupported = field.type { return true }
        if case .unknown = field.type { return true }
        switch algorithm {
        case .bTree, .hash: return true
        case .gin: return field.arity == .list || type == .jsonB
        case .gist: return false
        case .spGist: return type.map { [.inet, .text, .varChar, .char].contains($0) } ?? false
        case .brin: return type.map { ![.boolean, .money, .json, .jsonB, .xml, .citext].contains($0) } ?? false
        }
    }
}
