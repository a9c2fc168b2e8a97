extension Reader {
    /// Reads the lines of a model or view.
    mutating func readModel(_ index: Int, _ block: Block) {
        let model = draft.models[index]
        model.fields.reserveCapacity(block.members.count)
        model.fieldIndex.reserveCapacity(block.members.count)
        for case .field(let syntax) in block.members {
            let name = named(syntax.name)
            checkName(name, of: "field")
            if model.fieldIndex[name.text] != nil {
                report.error(
                    .duplicateField, name.place, "the \(block.kind.rawValue) '\(model.name.text)' has a field '\(name.text)' already",
                    help: "remove one of them, or give it another name and @map it to its column")
                continue
            }
            let (type, typePlace) = fieldType(syntax)
            model.fieldIndex[name.text] = model.fields.count
            let field = DraftField(
                name: name, place: place(syntax.span), type: type, typePlace: typePlace,
                typeEnd: syntax.type?.span.end ?? syntax.name.end, arity: syntax.type?.arity ?? .required,
                documentation: documentation(syntax.documentation, syntax.comment))
            model.fields.append(field)
            readFieldAttributes(syntax.attributes, model, field)
        }
        for case .attribute(let syntax) in block.members {
            readBlockAttribute(syntax.attribute, model)
        }
        nameKeys(of: model)
    }

    /// Gives each key and index its name in the database.
    private func nameKeys(of model: DraftModel) {
        let names = DatabaseNames(provider: draft.provider)
        for key in model.keys {
            let columns = key.fields.map { model.fields[$0.field].databaseName }
            let standard: () -> String = {
                switch key.kind {
                case .id: names.primaryKey(model.databaseName)
                case .unique: names.unique(model.databaseName, columns)
                case .index, .fulltext: names.index(model.databaseName, columns)
                }
            }
            key.databaseName = key.map?.text ?? standard()
        }
    }

    private mutating func fieldType(_ syntax: FieldSyntax) -> (DraftType, Place) {
        guard let type = syntax.type else { return (.unknown, place(syntax.name)) }
        let place = place(type.name)
        if let span = type.unsupported { return (.unsupported(stringValue(span)), place) }
        let name = text(type.name)
        if let scalar = ScalarType(rawValue: name) { return (.scalar(scalar), place) }
        if let model = draft.modelIndex[name] { return (.model(model), place) }
        if let enumeration = draft.enumIndex[name] { return (.enumeration(enumeration), place) }
        if !draft.isDamaged, !typeNames.contains(name) {
            let meant = Self.typesElsewhere[name.lowercased()]?.rawValue ?? report.closest(to: name, in: knownTypes)
            report.error(
                .unknownType, place, "unknown type '\(name)'\(Suggestion.question(meant))",
                help: "write one of the types String, Int, Boolean, Float, DateTime, Json, BigInt, Decimal and Bytes, "
                    + "or add a model or enum named '\(name)'")
        }
        return (.unknown, place)
    }

    /// What the types are called in SQL and in other languages, in lower case.
    private static let typesElsewhere: [String: ScalarType] = [
        "integer": .int, "number": .int, "smallint": .int, "int4": .int, "int32": .int, "serial": .int,
        "long": .bigInt, "int8": .bigInt, "int64": .bigInt, "bigserial": .bigInt,
        "bool": .boolean, "double": .float, "real": .float, "float8": .float, "numeric": .decimal, "money": .decimal,
        "text": .string, "varchar": .string, "char": .string, "uuid": .string,
        "date": .dateTime, "time": .dateTime, "timestamp": .dateTime, "timestamptz": .dateTime, "instant": .dateTime,
        "jsonb": .json, "object": .json, "blob": .bytes, "bytea": .bytes, "binary": .bytes, "data": .bytes, "buffer": .bytes,
    ]

    private var knownTypes: some Sequence<String> {
        ScalarType.allCases.map(\.rawValue) + draft.models.prefix(2000).map(\.name.text) + draft.enums.prefix(2000).map(\.name.text)
    }

    // MARK: Attributes of fields

    static let fieldAttributes = ["id", "unique", "default", "updatedAt", "map", "relation", "ignore"]

    private mutating func readFieldAttributes(_ attributes: [AttributeSyntax], _ model: DraftModel, _ field: DraftField) {
        var seen = SeenAttributes()
        for attribute in attributes {
            let name = text(attribute.name)
            let kind = SeenAttributes(name)
            if !kind.isEmpty, !seen.insert(kind).inserted {
                duplicateAttribute(attribute, prefix: "@")
                continue
            }
            switch kind {
            case .id: readKey(attribute, .id, model, field)
            case .unique: readKey(attribute, .unique, model, field)
            case .default: field.default = readDefault(attribute, field)
            case .updatedAt:
                _ = arguments(of: attribute, prefix: "@", parameters: [], positional: 0)
                field.updatedAt = place(attribute.span)
            case .map: field.map = mapName(attribute, prefix: "@")
            case .relation: field.relation = readRelation(attribute)
            case .ignore:
                _ = arguments(of: attribute, prefix: "@", parameters: [], positional: 0)
                field.isIgnored = true
            case .native: field.native = readNativeType(attribute, field)
            default: unknownAttribute(attribute, prefix: "@", on: "a field", known: Reader.fieldAttributes)
            }
        }
    }

    /// `@id` and `@unique`
    private mutating func readKey(_ attribute: AttributeSyntax, _ kind: DraftKey.Kind, _ model: DraftModel, _ field: DraftField) {
        let arguments = arguments(
            of: attribute, prefix: "@", parameters: ["map", "length", "sort", "clustered"], positional: 0)
        let part = DraftKeyField(
            field: model.fields.count - 1, place: place(attribute.span), sort: sortOrder(in: arguments),
            length: integer("length", in: arguments))
        let key = DraftKey(kind: kind, place: place(attribute.span), isOnField: true, fields: [part])
        key.map = string("map", in: arguments)
        key.isClustered = boolean("clustered", in: arguments)
        key.clusteredPlace = arguments["clustered"].map { place($0.span) }
        model.keys.append(key)
        if kind == .id { field.isID = true } else { field.isUnique = true }
    }

    mutating func sortOrder(in arguments: Arguments) -> SortOrder? {
        choice("sort", in: arguments, SortOrder.self)?.0
    }

    private mutating func readRelation(_ attribute: AttributeSyntax) -> DraftRelationAttribute {
        let errorCount = report.errorCount
        let arguments = arguments(
            of: attribute, prefix: "@", parameters: ["name", "fields", "references", "onDelete", "onUpdate", "map"])
        let relation = DraftRelationAttribute(place: place(attribute.span), syntax: attribute)
        relation.name = string("name", in: arguments)
        if let name = relation.name, name.text.isEmpty {
            report.error(.argumentType, name.place, "the name of the relation is empty", help: "write a name, or leave it out")
            relation.name = nil
        }
        relation.fields = names("fields", in: arguments)
        relation.references = names("references", in: arguments)
        relation.fieldsPlace = arguments["fields"].map { place($0.span) }
        relation.referencesPlace = arguments["references"].map { place($0.span) }
        relation.onDelete = choice("onDelete", in: arguments, ReferentialAction.self).map { ($0.0, $0.1) }
        relation.onUpdate = choice("onUpdate", in: arguments, ReferentialAction.self).map { ($0.0, $0.1) }
        relation.map = string("map", in: arguments)
        relation.isDamaged = report.errorCount > errorCount || arguments.isDamaged
        return relation
    }

    /// `[authorId, tenantId]`
    private mutating func names(_ name: String, in arguments: Arguments) -> [Named]? {
        guard let value = arguments[name] else { return nil }
        var result: [Named] = []
        for element in elements(value) {
            guard case .word(let span) = element else {
                wrong(element, arguments, name, "a list of field names")
                continue
            }
            result.append(named(span))
        }
        return result
    }

    /// The elements of a list; a value alone stands for a list of one.
    func elements(_ value: ExpressionSyntax) -> [ExpressionSyntax] {
        if case .list(let elements, _) = value { elements } else { [value] }
    }

    private mutating func readNativeType(_ attribute: AttributeSyntax, _ field: DraftField) -> DraftNativeType? {
        let path = text(attribute.name)
        let scope = path.prefix { $0 != "." }
        let type = String(path.dropFirst(scope.count + 1))
        let prefix = draft.datasource?.name ?? "db"
        guard scope == prefix || draft.datasource == nil else {
            report.error(
                .unknownAttribute, place(attribute.span), "unknown attribute @\(path)",
                help: "a type of the database is written with the name of the datasource: @\(prefix).\(type)")
            return nil
        }
        var arguments: [String] = []
        for argument in attribute.arguments ?? [] {
            switch argument.value {
            case .number(let span), .word(let span): arguments.append(text(span))
            case .string(let span): arguments.append(stringValue(span))
            case .missing: return nil
            case .call, .list:
                report.error(
                    .nativeTypeArguments, place(argument.span), "an argument of @\(path) is a number, not \(kind(of: argument.value))")
                return nil
            }
        }
        return DraftNativeType(name: type, arguments: arguments, place: place(attribute.span))
    }
}

/// The attributes of a field that have been met.
private struct SeenAttributes: OptionSet {
    let rawValue: UInt8

    static let id = SeenAttributes(rawValue: 1)
    static let unique = SeenAttributes(rawValue: 2)
    static let `default` = SeenAttributes(rawValue: 4)
    static let updatedAt = SeenAttributes(rawValue: 8)
    static let map = SeenAttributes(rawValue: 16)
    static let relation = SeenAttributes(rawValue: 32)
    static let ignore = SeenAttributes(rawValue: 64)
    /// `@db.…`
    static let native = SeenAttributes(rawValue: 128)
}

extension SeenAttributes {
    /// The one of that name; none when there is no such attribute.
    init(_ name: String) {
        switch name {
        case "id": self = .id
        case "unique": self = .unique
        case "default": self = .default
        case "updatedAt": self = .updatedAt
        case "map": self = .map
        case "relation": self = .relation
        case "ignore": self = .ignore
        default: self = name.utf8.contains(ASCII.dot) ? .native : []
        }
    }
}
