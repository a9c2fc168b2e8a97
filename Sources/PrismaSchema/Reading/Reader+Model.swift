extension Reader {
    /// Reads the lines of a model or view.
    mutating func readModel(_ index: Int, _ block: Block) {
        var model = draft.models[index]
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
            model.fields.append(
                DraftField(
                    name: name, place: place(syntax.span), type: type, typePlace: typePlace,
                    typeEnd: syntax.type?.span.end ?? syntax.name.end, arity: syntax.type?.arity ?? .required,
                    documentation: documentation(syntax.documentation, syntax.comment)))
            readFieldAttributes(syntax.attributes, &model, model.fields.count - 1)
        }
        for case .attribute(let syntax) in block.members {
            readBlockAttribute(syntax.attribute, &model)
        }
        draft.models[index] = model
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
            report.error(
                .unknownType, place,
                "unknown type '\(name)'\(Suggestion.question(report.closest(to: name, in: knownTypes)))",
                help: "write one of the types String, Int, Boolean, Float, DateTime, Json, BigInt, Decimal and Bytes, "
                    + "or add a model or enum named '\(name)'")
        }
        return (.unknown, place)
    }

    private var knownTypes: some Sequence<String> {
        ScalarType.allCases.map(\.rawValue) + draft.models.prefix(2000).map(\.name.text) + draft.enums.prefix(2000).map(\.name.text)
    }

    // MARK: Attributes of fields

    static let fieldAttributes = ["id", "unique", "default", "updatedAt", "map", "relation", "ignore"]

    private mutating func readFieldAttributes(_ attributes: [AttributeSyntax], _ model: inout DraftModel, _ index: Int) {
        var seen: Set<String> = []
        for attribute in attributes {
            let name = text(attribute.name)
            let key = name.contains(".") ? "native" : name
            if !seen.insert(key).inserted {
                duplicateAttribute(attribute, prefix: "@")
                continue
            }
            switch name {
            case "id": readKey(attribute, .id, &model, index)
            case "unique": readKey(attribute, .unique, &model, index)
            case "default": model.fields[index].default = readDefault(attribute, model.fields[index])
            case "updatedAt":
                _ = arguments(of: attribute, prefix: "@", parameters: [], positional: 0)
                model.fields[index].updatedAt = place(attribute.span)
            case "map": model.fields[index].map = mapName(attribute, prefix: "@")
            case "relation": model.fields[index].relation = readRelation(attribute)
            case "ignore":
                _ = arguments(of: attribute, prefix: "@", parameters: [], positional: 0)
                model.fields[index].isIgnored = true
            case _ where name.contains("."):
                model.fields[index].native = readNativeType(attribute, model.fields[index])
            default: unknownAttribute(attribute, prefix: "@", on: "a field", known: Reader.fieldAttributes)
            }
        }
    }

    /// `@id` and `@unique`
    private mutating func readKey(_ attribute: AttributeSyntax, _ kind: DraftKey.Kind, _ model: inout DraftModel, _ index: Int) {
        let arguments = arguments(
            of: attribute, prefix: "@", parameters: ["map", "length", "sort", "clustered"], positional: 0)
        let field = DraftKeyField(
            field: index, place: place(attribute.span), sort: sortOrder(in: arguments), length: integer("length", in: arguments))
        var key = DraftKey(kind: kind, place: place(attribute.span), isOnField: true, fields: [field])
        key.map = string("map", in: arguments)
        key.isClustered = boolean("clustered", in: arguments)
        key.clusteredPlace = arguments["clustered"].map { place($0.span) }
        model.keys.append(key)
        if kind == .id { model.fields[index].isID = true } else { model.fields[index].isUnique = true }
    }

    mutating func sortOrder(in arguments: Arguments) -> SortOrder? {
        choice("sort", in: arguments, SortOrder.self)?.0
    }

    private mutating func readRelation(_ attribute: AttributeSyntax) -> DraftRelationAttribute {
        let errorCount = report.errorCount
        let arguments = arguments(
            of: attribute, prefix: "@", parameters: ["name", "fields", "references", "onDelete", "onUpdate", "map"])
        var relation = DraftRelationAttribute(place: place(attribute.span), syntax: attribute)
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
        let parts = path.split(separator: ".", maxSplits: 1)
        let prefix = draft.datasource?.name ?? "db"
        guard parts.count == 2, parts[0] == prefix || draft.datasource == nil else {
            report.error(
                .unknownAttribute, place(attribute.span), "unknown attribute @\(path)",
                help: "a type of the database is written with the name of the datasource: @\(prefix).\(parts.last ?? "VarChar")")
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
        return DraftNativeType(name: String(parts[1]), arguments: arguments, place: place(attribute.span))
    }
}
