extension Reader {
    /// Reads `@default(…)` and checks that the value is one that the field can hold.
    mutating func readDefault(_ attribute: AttributeSyntax, _ field: DraftField) -> DraftDefault {
        let arguments = arguments(of: attribute, prefix: "@", parameters: ["value", "map"])
        let place = place(attribute.span)
        let map = string("map", in: arguments)
        guard let value = arguments["value"] else {
            missing("value", in: arguments, help: "write what a new row gets: @default(…)")
            return DraftDefault(place: place, value: nil, map: map)
        }
        return DraftDefault(place: place, value: defaultValue(value, field), map: map)
    }

    private mutating func defaultValue(_ value: ExpressionSyntax, _ field: DraftField) -> DefaultValue? {
        switch (value, field.type) {
        case _ where value.isDamaged || field.type == .unknown: return nil
        case (_, .model):
            invalidDefault(value, "a relation has no default", help: "give the default to the field that holds the key")
            return nil
        case (.call(let name, let list, let span), _):
            return defaultFunction(text(name), list, span, field).map { .function($0) }
        case (_, .unsupported):
            invalidDefault(value, "a field of an unsupported type has no default but dbgenerated()", help: "write dbgenerated(\"…\")")
            return nil
        case (.list(let elements, _), _):
            if field.arity != .list {
                invalidDefault(value, "the default of '\(field.name.text)' is a list, but the field is none", help: "write one value")
                return nil
            }
            let literals = elements.map { literal($0, field.type) }
            return literals.contains { $0 == nil } ? nil : .list(literals.compactMap(\.self))
        default:
            if field.arity == .list {
                invalidDefault(
                    value, "the default of the list '\(field.name.text)' is no list", help: "write it in brackets: [\(text(value.span))]")
                return nil
            }
            return literal(value, field.type).map { .literal($0) }
        }
    }

    private mutating func invalidDefault(_ value: ExpressionSyntax, _ message: String, help: String? = nil) {
        report.error(.invalidDefault, place(value.span), message, help: help)
    }

    // MARK: Literals

    private mutating func literal(_ value: ExpressionSyntax, _ type: DraftType) -> DefaultValue.Literal? {
        switch type {
        case .scalar(let scalar): return literal(value, scalar)
        case .enumeration(let index): return enumValue(value, index)
        case .model, .unsupported, .unknown: return nil
        }
    }

    private mutating func enumValue(_ value: ExpressionSyntax, _ index: Int) -> DefaultValue.Literal? {
        guard case .word(let span) = value else {
            if case .missing = value { return nil }
            invalidDefault(
                value, "the default of a field of the enum '\(draft.enums[index].name.text)' is one of its values, not \(kind(of: value))",
                help: "write the value without quotes")
            return nil
        }
        let name = text(span)
        let enumeration = draft.enums[index]
        if !enumeration.isDamaged, !enumeration.valueNames.contains(name) {
            let guess = report.closest(to: name, in: enumeration.values.map(\.name.text))
            invalidDefault(
                value, "the enum '\(enumeration.name.text)' has no value '\(name)'\(Suggestion.question(guess))",
                help: "write one of its values, or add this one to it")
            return nil
        }
        return .enumValue(name)
    }

    private mutating func literal(_ value: ExpressionSyntax, _ type: ScalarType) -> DefaultValue.Literal? {
        switch (type, value) {
        case (_, .missing): return nil
        case (.int, .number(let span)), (.bigInt, .number(let span)):
            let number = text(span)
            guard type == .int ? Int32(number) != nil : Int64(number) != nil else {
                let problem = number.contains(".") ? "is not a whole number" : "does not fit into \(type == .int ? 32 : 64) bits"
                invalidDefault(value, "\(number) \(problem)", help: type == .int ? "use BigInt or Float for such numbers" : nil)
                return nil
            }
            return .number(number)
        case (.float, .number(let span)), (.decimal, .number(let span)): return .number(text(span))
        case (.decimal, .string(let span)):
            let number = stringValue(span)
            if isDecimal(number) { return .number(number) }
            invalidDefault(value, "\"\(number)\" is not a decimal number", help: "write digits with a point between, such as 9.99")
            return nil
        case (.boolean, .word(let span)):
            if let flag = Bool(text(span)) { return .boolean(flag) }
        case (.string, .string(let span)): return .string(stringValue(span))
        case (.dateTime, .string(let span)): return checked(span, value, "a date and time", "\"2024-02-29T12:00:00Z\"", RFC3339.isValid)
        case (.json, .string(let span)): return checked(span, value, "JSON", "\"{}\" or \"[]\"", JSONCheck.isValid)
        case (.bytes, .string(let span)): return checked(span, value, "Base64", "\"aGVsbG8=\"", Base64Check.isValid)
        default: break
        }
        invalidDefault(value, "the default of a field of type \(type.rawValue) is \(type.literalForm), not \(kind(of: value))")
        return nil
    }

    private mutating func checked(
        _ span: Span, _ value: ExpressionSyntax, _ what: String, _ example: String, _ isValid: (String) -> Bool
    ) -> DefaultValue.Literal? {
        let text = stringValue(span)
        if isValid(text) { return .string(text) }
        invalidDefault(value, "the default is not \(what)", help: "write something like \(example)")
        return nil
    }

    private func isDecimal(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isDigit) }
    }

    // MARK: Functions

    private static let functions = ["autoincrement", "now", "cuid", "uuid", "ulid", "nanoid", "dbgenerated", "sequence", "auto"]

    private mutating func defaultFunction(_ name: String, _ list: [ArgumentSyntax], _ span: Span, _ field: DraftField) -> DefaultFunction? {
        guard Reader.functions.contains(name) else {
            let guess = report.closest(to: name, in: Reader.functions)
            report.error(
                .unknownFunction, place(span), "unknown function '\(name)()'\(Suggestion.question(guess))",
                help: "the functions are autoincrement, now, cuid, uuid, ulid, nanoid and dbgenerated")
            return nil
        }
        if name == "dbgenerated" { return databaseExpression(list, span) }
        guard checkFunctionType(name, span, field) else { return nil }
        switch name {
        case "autoincrement": return noArguments(name, list, span) ? .autoincrement : nil
        case "now": return noArguments(name, list, span) ? .now : nil
        case "ulid": return noArguments(name, list, span) ? .ulid : nil
        case "cuid": return number(name, list, span, default: 1, allowed: [1, 2]).map { .cuid(version: $0) }
        case "uuid": return number(name, list, span, default: 4, allowed: [4, 7]).map { .uuid(version: $0) }
        case "nanoid":
            if list.isEmpty { return .nanoid(length: nil) }
            return number(name, list, span, default: 21, allowed: 2...255).map { .nanoid(length: $0) }
        default: return unsupportedFunction(name, span)
        }
    }

    private mutating func unsupportedFunction(_ name: String, _ span: Span) -> DefaultFunction? {
        let owner = name == "auto" ? "MongoDB" : "CockroachDB"
        report.error(
            .invalidDefault, place(span), "\(name)() is a function of \(owner), not of \(draft.provider.title)",
            help: name == "auto" ? "write uuid() or cuid()" : "write autoincrement()")
        return nil
    }

    /// Whether a field of this type can have the function's values.
    private mutating func checkFunctionType(_ name: String, _ span: Span, _ field: DraftField) -> Bool {
        let allowed: [ScalarType]
        switch name {
        case "autoincrement": allowed = [.int, .bigInt]
        case "now": allowed = [.dateTime]
        case "cuid", "uuid", "ulid", "nanoid": allowed = [.string]
        default: return true
        }
        if field.arity == .list {
            report.error(
                .invalidDefault, place(span), "\(name)() gives one value, but '\(field.name.text)' is a list",
                help: "write the default as a list, or dbgenerated(\"…\")")
            return false
        }
        if case .scalar(let type) = field.type, allowed.contains(type) { return true }
        report.error(
            .invalidDefault, place(span), "\(name)() cannot be the default of '\(field.name.text)'",
            help: "it is for fields of type \(allowed.map(\.rawValue).joined(separator: " or "))")
        return false
    }

    private mutating func noArguments(_ name: String, _ list: [ArgumentSyntax], _ span: Span) -> Bool {
        if list.isEmpty { return true }
        report.error(.unknownArgument, place(span), "\(name)() takes no arguments", help: "write \(name)()")
        return false
    }

    private mutating func number(
        _ name: String, _ list: [ArgumentSyntax], _ span: Span, default: Int, allowed: some Collection<Int>
    ) -> Int? {
        if list.isEmpty { return `default` }
        if list.count == 1, list[0].name == nil, case .number(let digits) = list[0].value, let number = Int(text(digits)),
            allowed.contains(number)
        {
            return number
        }
        if case .missing? = list.first?.value { return nil }
        let range = allowed.count > 2 ? "a number from 2 to 255" : allowed.map(String.init).joined(separator: " or ")
        report.error(.argumentType, place(span), "\(name)() takes no argument, or \(range)")
        return nil
    }

    private mutating func databaseExpression(_ list: [ArgumentSyntax], _ span: Span) -> DefaultFunction? {
        if list.isEmpty { return .dbgenerated(nil) }
        if list.count == 1, list[0].name == nil, case .string(let string) = list[0].value {
            let text = stringValue(string)
            if !text.isEmpty { return .dbgenerated(text) }
        }
        if case .missing? = list.first?.value { return nil }
        report.error(
            .argumentType, place(span), "dbgenerated() takes no argument, or one string that is not empty",
            help: "write the expression of the database, such as dbgenerated(\"gen_random_uuid()\")")
        return nil
    }
}

extension ScalarType {
    /// How a value of the type is written in `@default`.
    fileprivate var literalForm: String {
        switch self {
        case .string: "a string in double quotes"
        case .boolean: "true or false"
        case .int, .bigInt: "a whole number"
        case .float, .decimal: "a number"
        case .dateTime: "a string with a date and time"
        case .json: "a string with JSON"
        case .bytes: "a string with Base64"
        }
    }
}
