extension Reader {
    static let modelAttributes = ["id", "unique", "index", "fulltext", "map", "ignore", "schema"]

    mutating func readBlockAttribute(_ attribute: AttributeSyntax, _ model: DraftModel) {
        switch text(attribute.name) {
        case "id": readBlockKey(attribute, .id, ["fields", "name", "map", "clustered"], model)
        case "unique": readBlockKey(attribute, .unique, ["fields", "name", "map", "clustered"], model)
        case "index": readBlockKey(attribute, .index, ["fields", "name", "map", "type", "clustered"], model)
        case "fulltext": readBlockKey(attribute, .fulltext, ["fields", "map"], model)
        case "map":
            if model.map != nil { return duplicateAttribute(attribute, prefix: "@@") }
            model.map = mapName(attribute, prefix: "@@")
        case "schema":
            if model.schema != nil { return duplicateAttribute(attribute, prefix: "@@") }
            model.schema = schemaName(attribute)
        case "ignore":
            if model.isIgnored { return duplicateAttribute(attribute, prefix: "@@") }
            _ = arguments(of: attribute, prefix: "@@", parameters: [], positional: 0)
            model.isIgnored = true
        default:
            unknownAttribute(
                attribute, prefix: "@@", on: model.isView ? "a view" : "a model", known: Reader.modelAttributes)
        }
    }

    private mutating func readBlockKey(
        _ attribute: AttributeSyntax, _ kind: DraftKey.Kind, _ parameters: [String], _ model: DraftModel
    ) {
        let arguments = arguments(of: attribute, prefix: "@@", parameters: parameters)
        guard let list = arguments["fields"] else {
            return missing("fields", in: arguments, help: "name the fields: \(owner(of: arguments))([first, second])")
        }
        let key = DraftKey(kind: kind, place: place(attribute.span), isOnField: false)
        for element in elements(list) {
            if let field = keyField(element, arguments, model) {
                key.fields.append(field)
            } else {
                key.isDamaged = true
            }
        }
        key.name = string("name", in: arguments)
        key.map = string("map", in: arguments)
        if kind == .index, key.name != nil, key.map != nil, let name = arguments["name"] {
            report.error(.unsupportedArgument, place(name.span), "'name' and 'map' are the same for an index", help: "keep 'map'")
        }
        if kind == .index, key.map == nil { key.map = key.name }
        if let (algorithm, place) = choice("type", in: arguments, IndexAlgorithm.self) {
            key.algorithm = algorithm
            key.algorithmPlace = place
        }
        key.isClustered = boolean("clustered", in: arguments)
        key.clusteredPlace = arguments["clustered"].map { place($0.span) }
        checkKeyFields(key, list, model)
        model.keys.append(key)
    }

    /// `title`, or `title(sort: Desc, ops: raw("…"))`
    private mutating func keyField(_ element: ExpressionSyntax, _ owner: Arguments, _ model: DraftModel) -> DraftKeyField? {
        switch element {
        case .word(let span):
            return field(named(span), owner, model).map { DraftKeyField(field: $0, place: place(span)) }
        case .call(let nameSpan, let list, let span):
            guard let index = field(named(nameSpan), owner, model) else { return nil }
            let arguments = arguments(
                list, prefix: "'", name: nameSpan, suffix: "' in \(self.owner(of: owner))", at: span,
                parameters: ["sort", "length", "ops"], positional: 0)
            var field = DraftKeyField(field: index, place: place(span))
            field.sort = sortOrder(in: arguments)
            field.length = integer("length", in: arguments)
            field.operatorClass = operatorClass(in: arguments)
            return field
        case .missing: return nil
        case .string, .number, .list:
            wrong(element, owner, "fields", "a list of field names")
            return nil
        }
    }

    private mutating func field(_ name: Named, _ owner: Arguments, _ model: DraftModel) -> Int? {
        if let index = model.fieldIndex[name.text] { return index }
        if !model.isDamaged {
            let guess = report.closest(to: name.text, in: model.fields.map(\.name.text))
            report.error(
                .unknownField, name.place,
                "\(self.owner(of: owner)) names '\(name.text)', which is no field of '\(model.name.text)'\(Suggestion.question(guess))",
                help: "name fields as they are in the schema, not as in the database")
        }
        return nil
    }

    private mutating func operatorClass(in arguments: Arguments) -> DraftKeyField.OperatorClass? {
        switch arguments["ops"] {
        case nil, .missing: return nil
        case .word(let span): return .init(name: text(span), isRaw: false, place: place(span))
        case .call(let name, let list, let span) where text(name) == "raw":
            guard list.count == 1, list[0].name == nil, case .string(let string) = list[0].value else { break }
            return .init(name: stringValue(string), isRaw: true, place: place(span))
        default: break
        }
        if let value = arguments["ops"] {
            wrong(value, arguments, "ops", "an operator class such as JsonbPathOps, or raw(\"…\")")
        }
        return nil
    }

    private mutating func checkKeyFields(_ key: DraftKey, _ list: ExpressionSyntax, _ model: DraftModel) {
        if elements(list).isEmpty {
            report.error(
                .emptyFieldList, place(list.span), "\(key.attribute) names no fields", help: "name at least one: \(key.attribute)([id])")
        }
        var seen: Set<Int> = []
        for field in key.fields where !seen.insert(field.field).inserted {
            report.error(
                .repeatedField, field.place, "\(key.attribute) names '\(model.fields[field.field].name.text)' twice",
                help: "remove one of them")
        }
    }
}
