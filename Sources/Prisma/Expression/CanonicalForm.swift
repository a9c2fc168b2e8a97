internal import FoundationEssentials

/// The one spelling of an expression: JSON with sorted keys, whose SHA-256 is the expression's identity.
///
/// `{"expression": …, "version": 1}`; each node is an array that starts with its name. The form decodes again. A change of what
/// an operator means, or of how it is written, raises the version.
package enum CanonicalForm {
    package static let version: Int64 = 1

    package static func encode(_ node: ExpressionNode) -> String {
        JSON.object(["version": .int(version), "expression": node.canonical]).text
    }

    package static func hash(_ node: ExpressionNode) -> String { SHA256.hex(encode(node)) }

    /// - Parameter function: finds a function by its name; functions are code, so only their names are written.
    package static func decode(
        _ text: String, function: @escaping (String) -> RowFunction? = { _ in nil }
    ) throws(PrismaError) -> ExpressionNode {
        let json: JSON
        do throws(JSON.ParseError) {
            json = try JSON(parsing: text)
        } catch {
            throw malformed(error.message)
        }
        guard let found = json["version"]?.int, let expression = json["expression"] else {
            throw malformed("it has no version or no expression")
        }
        guard found == version else {
            throw PrismaError(
                .unsupportedFormat, "The expression is written in version \(found) of the canonical form; this build reads \(version).",
                help: "Train the predictor again with this version, or use the version that wrote it."
            )
        }
        let node = try ExpressionDecoder(function: function).node(expression)
        guard node.depth <= ExpressionNode.readableDepth else { throw ExpressionNode.tooDeeplyNested }
        return node
    }

    static func malformed(_ reason: String) -> PrismaError {
        PrismaError(
            .unsupportedFormat, "This is not a canonical expression: \(reason).",
            help: "The file was changed by hand or is cut off: restore it.")
    }
}

extension ExpressionNode {
    fileprivate var canonical: JSON {
        switch self {
        case .column(let column):
            ["column", .int(Int64(column.depth)), .string(column.model), .string(column.field), column.type.canonical]
        case .literal(let value, let type): ["literal", value.canonical, type.canonical]
        case .now: ["now"]
        case .unary(let op, let operand): ["unary", .string(op.rawValue), operand.canonical]
        case .binary(let op, let left, let right): ["binary", .string(op.rawValue), left.canonical, right.canonical]
        case .conditional(let condition, let then, let other): ["conditional", condition.canonical, then.canonical, other.canonical]
        case .membership(let operand, let values, let type):
            ["membership", operand.canonical, .array(values.map(\.canonical)), type.canonical]
        case .cast(let operand, let type): ["cast", operand.canonical, type.canonical]
        case .datePart(let part, let operand): ["datePart", .string(part.rawValue), operand.canonical]
        case .shifted(let operand, let distance): ["shifted", operand.canonical, .int(distance)]
        case .dateDifference(let from, let to, let unit): ["dateDifference", from.canonical, to.canonical, .int(unit)]
        case .partAfter(let operand, let separator): ["partAfter", operand.canonical, .string(separator)]
        case .structure(let op, let operands):
            ["structure", .string(op.name), .array(op.path.map(JSON.string)), .array(operands.map(\.canonical))]
        case .aggregate(let aggregate):
            [
                "aggregate", .string(aggregate.kind.rawValue), .int(Int64(aggregate.depth)), .string(aggregate.model),
                .string(aggregate.field), .string(aggregate.target), aggregate.filter?.canonical ?? .null,
                aggregate.value?.canonical ?? .null, .array(aggregate.order.map(\.canonical)),
            ]
        case .startOf(let unit, let operand): ["startOf", .string(unit.rawValue), operand.canonical]
        // Not a form that is read again: whoever evaluates the expression is told why.
        case .tooDeep: ["tooDeep"]
        case .function(let function, let arguments):
            ["function", .string(function.name), function.type.canonical, .array(arguments.map(\.canonical))]
        }
    }
}

extension RowOrder {
    fileprivate var canonical: JSON { [node.canonical, .bool(isDescending), nulls.map { .string($0.rawValue) } ?? .null] }
}

extension ValueType {
    fileprivate var canonical: JSON {
        switch self {
        case .bool: "bool"
        case .int: "int"
        case .bigInt: "bigInt"
        case .double: "double"
        case .decimal: "decimal"
        case .string: "string"
        case .date: "date"
        case .bytes: "bytes"
        case .json: "json"
        case .enumeration(let name): ["enum", .string(name)]
        case .list(let element): ["list", element.canonical]
        }
    }

    fileprivate init(canonical json: JSON) throws(PrismaError) {
        switch (json.string, json[0]?.string) {
        case ("bool", _): self = .bool
        case ("int", _): self = .int
        case ("bigInt", _): self = .bigInt
        case ("double", _): self = .double
        case ("decimal", _): self = .decimal
        case ("string", _): self = .string
        case ("date", _): self = .date
        case ("bytes", _): self = .bytes
        case ("json", _): self = .json
        case (_, "enum"):
            guard let name = json[1]?.string else { throw CanonicalForm.malformed("an enum has no name") }
            self = .enumeration(name)
        case (_, "list"): self = .list(try ValueType(canonical: json[1] ?? .null))
        default: throw CanonicalForm.malformed("unknown type \(json.text)")
        }
    }
}

extension SQLValue {
    fileprivate var canonical: JSON {
        switch self {
        case .null: ["null"]
        case .bool(let value): ["bool", .bool(value)]
        case .int(let value): ["int", .int(value)]
        // The bits, so that NaN, -0 and infinities survive and no printing of doubles can change an identity.
        case .double(let value): ["double", .string(String(value.bitPattern, radix: 16))]
        case .decimal(let value): ["decimal", .string("\(value)")]
        case .text(let value): ["text", .string(value)]
        case .bytes(let value): ["bytes", .string(value.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined())]
        case .timestamp(let microseconds): ["timestamp", .int(microseconds)]
        case .json(let text): ["json", .string(text)]
        case .list(let values): ["list", .array(values.map(\.canonical))]
        }
    }

    fileprivate init(canonical json: JSON) throws(PrismaError) {
        let payload = json[1] ?? .null
        let value: SQLValue? =
            switch json[0]?.string {
            case "null": .null
            case "bool": payload.bool.map(SQLValue.bool)
            case "int": payload.int.map(SQLValue.int)
            case "double": payload.string.flatMap { UInt64($0, radix: 16) }.map { .double(Double(bitPattern: $0)) }
            case "decimal": payload.string.flatMap { Decimal(string: $0) }.map(SQLValue.decimal)
            case "text": payload.string.map(SQLValue.text)
            case "bytes": payload.string.flatMap(Data.init(hexadecimal:)).map(SQLValue.bytes)
            case "timestamp": payload.int.map { .timestamp(microseconds: $0) }
            case "json": payload.string.map(SQLValue.json)
            default: nil
            }
        if let value {
            self = value
        } else if json[0]?.string == "list", let elements = payload.array {
            var values: [SQLValue] = []
            for element in elements { values.append(try SQLValue(canonical: element)) }
            self = .list(values)
        } else {
            throw CanonicalForm.malformed("unknown value \(json.text)")
        }
    }
}

extension Data {
    fileprivate init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        self.init(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }
}

private struct ExpressionDecoder {
    let function: (String) -> RowFunction?

    func node(_ json: JSON) throws(PrismaError) -> ExpressionNode {
        switch json[0]?.string {
        case "column":
            return .column(
                ColumnReference(
                    depth: Int(try integer(json, 1)), model: try string(json, 2), field: try string(json, 3),
                    type: try ValueType(canonical: json[4] ?? .null)))
        case "literal": return .literal(try SQLValue(canonical: json[1] ?? .null), try ValueType(canonical: json[2] ?? .null))
        case "now": return .now
        case "unary": return .unary(try name(json, 1), try child(json, 2))
        case "binary": return .binary(try name(json, 1), try child(json, 2), try child(json, 3))
        case "conditional": return .conditional(try child(json, 1), then: try child(json, 2), else: try child(json, 3))
        case "membership":
            var values: [SQLValue] = []
            for value in json[2]?.array ?? [] { values.append(try SQLValue(canonical: value)) }
            return .membership(try child(json, 1), values, try ValueType(canonical: json[3] ?? .null))
        case "cast": return .cast(try child(json, 1), try ValueType(canonical: json[2] ?? .null))
        case "datePart": return .datePart(try name(json, 1), try child(json, 2))
        case "shifted": return .shifted(try child(json, 1), microseconds: try integer(json, 2))
        case "dateDifference": return .dateDifference(from: try child(json, 1), to: try child(json, 2), unit: try integer(json, 3))
        case "structure": return try structure(json)
        case "partAfter": return .partAfter(try child(json, 1), separator: try string(json, 2))
        case "startOf": return .startOf(try name(json, 1), try child(json, 2))
        case "aggregate": return .aggregate(try aggregate(json))
        case "function":
            let name = try string(json, 1)
            guard let function = function(name) else {
                throw PrismaError(
                    .unsupportedFormat, "The expression calls the function \(name), which is not here.",
                    help: "Define the predictor that the function belongs to before reading the expression.")
            }
            var arguments: [ExpressionNode] = []
            for argument in json[3]?.array ?? [] { arguments.append(try node(argument)) }
            return .function(function, arguments)
        default:
            throw CanonicalForm.malformed("unknown node \(json[0]?.text ?? json.text)")
        }
    }

    private func aggregate(_ json: JSON) throws(PrismaError) -> RelationAggregate {
        var order: [RowOrder] = []
        for term in json[8]?.array ?? [] {
            guard let descending = term[1]?.bool else { throw CanonicalForm.malformed("an order has no direction") }
            order.append(
                RowOrder(try child(term, 0), descending: descending, nulls: term[2]?.string.flatMap(RowOrder.Nulls.init(rawValue:))))
        }
        return RelationAggregate(
            kind: try name(json, 1), depth: Int(try integer(json, 2)), model: try string(json, 3), field: try string(json, 4),
            target: try string(json, 5), filter: try optionalChild(json, 6), value: try optionalChild(json, 7), order: order)
    }

    private func structure(_ json: JSON) throws(PrismaError) -> ExpressionNode {
        let path = json[2]?.array?.compactMap(\.string) ?? []
        guard let op = StructureOperator(try string(json, 1), path: path) else {
            throw CanonicalForm.malformed("unknown operator \(json[1]?.text ?? "")")
        }
        var operands: [ExpressionNode] = []
        for operand in json[3]?.array ?? [] { operands.append(try node(operand)) }
        return .structure(op, operands)
    }

    private func child(_ json: JSON, _ index: Int) throws(PrismaError) -> ExpressionNode { try node(json[index] ?? .null) }

    private func optionalChild(_ json: JSON, _ index: Int) throws(PrismaError) -> ExpressionNode? {
        guard let child = json[index], !child.isNull else { return nil }
        return try node(child)
    }

    private func string(_ json: JSON, _ index: Int) throws(PrismaError) -> String {
        guard let value = json[index]?.string else { throw CanonicalForm.malformed("a name is missing in \(json[0]?.text ?? "")") }
        return value
    }

    private func integer(_ json: JSON, _ index: Int) throws(PrismaError) -> Int64 {
        guard let value = json[index]?.int, value >= 0 || index > 1 else {
            throw CanonicalForm.malformed("a number is missing in \(json[0]?.text ?? "")")
        }
        return value
    }

    private func name<Name: RawRepresentable>(_ json: JSON, _ index: Int) throws(PrismaError) -> Name where Name.RawValue == String {
        let text = try string(json, index)
        guard let name = Name(rawValue: text) else { throw CanonicalForm.malformed("unknown name \(text)") }
        return name
    }
}
