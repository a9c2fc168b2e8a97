/// What can be asked of a value that has parts: a scalar list, or Json.
package enum StructureOperator: Hashable, Sendable {
    /// The part at a path as Json; null where there is none. A number leads into an array, -1 to its end.
    case json(path: [String])
    /// The part at a path if it is a string.
    case jsonText(path: [String])
    /// The part at a path if it is a number.
    case jsonNumber(path: [String])
    /// Whether an array of Json has each element of another, as PostgreSQL's `@>` has it: an object or an array in it may have more.
    case jsonContains
    /// Whether a list has an element.
    case has
    /// Whether a list has each element of another.
    case hasEvery
    /// Whether a list has an element of another.
    case hasSome
    /// A list with the elements of another behind its own.
    case append

    package var name: String {
        switch self {
        case .json: "json"
        case .jsonText: "jsonText"
        case .jsonNumber: "jsonNumber"
        case .jsonContains: "jsonContains"
        case .has: "has"
        case .hasEvery: "hasEvery"
        case .hasSome: "hasSome"
        case .append: "append"
        }
    }

    package var path: [String] {
        switch self {
        case .json(let path), .jsonText(let path), .jsonNumber(let path): path
        default: []
        }
    }

    package init?(_ name: String, path: [String]) {
        switch name {
        case "json": self = .json(path: path)
        case "jsonText": self = .jsonText(path: path)
        case "jsonNumber": self = .jsonNumber(path: path)
        case "jsonContains": self = .jsonContains
        case "has": self = .has
        case "hasEvery": self = .hasEvery
        case "hasSome": self = .hasSome
        case "append": self = .append
        default: return nil
        }
    }

    func type(of operand: ValueType?) -> ValueType {
        switch self {
        case .json: .json
        case .jsonText: .string
        case .jsonNumber: .double
        case .append: operand ?? .list(.string)
        case .jsonContains, .has, .hasEvery, .hasSome: .bool
        }
    }

    // MARK: In memory

    package func evaluate(_ operands: [SQLValue]) -> SQLValue {
        guard let first = operands.first else { return .null }
        let second = operands.count > 1 ? operands[1] : .null
        switch (self, first, second) {
        case (.json(let path), .json(let text), _): return Self.part(of: text, path).map { .json($0.text) } ?? .null
        case (.jsonText(let path), .json(let text), _): return Self.part(of: text, path)?.string.map(SQLValue.text) ?? .null
        case (.jsonNumber(let path), .json(let text), _): return Self.part(of: text, path)?.double.map(SQLValue.double) ?? .null
        case (.jsonContains, .json(let text), .json(let other)):
            return .bool(Self.array(text, contains: other))
        case (.has, .list(let elements), let wanted): return wanted.isNull ? .null : .bool(Self.has(elements, wanted))
        case (.hasEvery, .list(let elements), .list(let wanted)): return .bool(wanted.allSatisfy { Self.has(elements, $0) })
        case (.hasSome, .list(let elements), .list(let wanted)): return .bool(wanted.contains { Self.has(elements, $0) })
        case (.append, .list(let elements), .list(let others)): return .list(elements + others)
        case (.append, .null, .list): return second
        default: return .null
        }
    }

    /// Whether an array has the elements of another, both as text; false for all that is no array.
    package static func array(_ text: String, contains other: String) -> Bool {
        guard let whole = part(of: text, []), let wanted = part(of: other, []), whole.array != nil, wanted.array != nil else {
            return false
        }
        return contains(whole, wanted)
    }

    private static func contains(_ whole: JSON, _ wanted: JSON) -> Bool {
        switch (whole, wanted) {
        case (.array(let elements), .array(let wanted)): wanted.allSatisfy { part in elements.contains { contains($0, part) } }
        case (.object(let members), .object(let wanted)):
            wanted.allSatisfy { key, part in members[key].map { contains($0, part) } ?? false }
        case (.int(let a), .int(let b)): a == b
        case (.int, .double), (.double, .int): whole.double == wanted.double
        default: whole == wanted
        }
    }

    private static func has(_ elements: [SQLValue], _ wanted: SQLValue) -> Bool {
        elements.contains { SQLValue.order($0, wanted) == .equal }
    }

    private static func part(of text: String, _ path: [String]) -> JSON? {
        var json = try? JSON(parsing: text)
        for step in path {
            if let elements = json?.array {
                json = Int(step).flatMap { json?[$0 < 0 ? elements.count + $0 : $0] }
            } else {
                json = json?[step]
            }
        }
        return json
    }
}

// MARK: - Typed

extension RowExpression where Value.Unwrapped == JSON {
    /// The part of a Json value at a path; null where there is none. A number leads into an array, `"-1"` to its end.
    ///
    /// ```swift
    /// prisma.user.findMany(where: { $0.settings.part(at: "theme", "name") == "dark" })
    /// ```
    public func part(at path: String...) -> RowExpression<JSON?> { .init(node: .structure(.json(path: path), [node])) }

    /// The part at a path if it is a string, else null.
    public func text(at path: String...) -> RowExpression<String?> { .init(node: .structure(.jsonText(path: path), [node])) }

    /// The part at a path if it is a number, else null.
    public func number(at path: String...) -> RowExpression<Double?> { .init(node: .structure(.jsonNumber(path: path), [node])) }

    /// Whether an array has each of these elements. An object, or an array, in it may have more than the one that is asked for.
    public func hasElements(_ elements: [JSON]) -> RowExpression<Bool> {
        .init(node: .structure(.jsonContains, [node, .literal(JSON.array(elements).sqlValue, .json)]))
    }
}

extension RowExpression {
    /// Whether the list has an element; PostgreSQL only.
    public func has<Element: ColumnValue>(_ element: Element) -> RowExpression<Bool> where Value.Unwrapped == [Element] {
        .init(node: .structure(.has, [node, .literal(element.sqlValue, Element.valueType)]))
    }

    /// Whether the list has each of these elements; PostgreSQL only.
    public func hasEvery<Element: ColumnValue>(_ elements: [Element]) -> RowExpression<Bool> where Value.Unwrapped == [Element] {
        .init(node: .structure(.hasEvery, [node, .literal(elements.sqlValue, Value.valueType)]))
    }

    /// Whether the list has one of these elements; PostgreSQL only.
    public func hasSome<Element: ColumnValue>(_ elements: [Element]) -> RowExpression<Bool> where Value.Unwrapped == [Element] {
        .init(node: .structure(.hasSome, [node, .literal(elements.sqlValue, Value.valueType)]))
    }

    /// Whether the list has no elements; PostgreSQL only.
    public func hasNoElements<Element: ColumnValue>() -> RowExpression<Bool> where Value.Unwrapped == [Element] {
        .init(node: .binary(.equal, node, .literal(.list([]), Value.valueType)))
    }

    /// The list with elements behind its own, for updates; PostgreSQL only.
    public func appending<Element: ColumnValue>(_ elements: [Element]) -> Self where Value.Unwrapped == [Element] {
        .init(node: .structure(.append, [node, .literal(elements.sqlValue, Value.valueType)]))
    }
}
