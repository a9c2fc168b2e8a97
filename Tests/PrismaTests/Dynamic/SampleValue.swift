import Foundation
import Prisma
import PrismaSchema

/// Values that a field can hold, as JSON that comes back as it went in.
struct SampleValue {
    let field: Field
    let schema: Schema

    init(_ field: Field, _ schema: Schema) {
        self.field = field
        self.schema = schema
    }

    private var native: String { field.nativeType?.name ?? "" }

    private func argument(_ index: Int) -> Int? {
        field.nativeType.flatMap { $0.arguments.indices.contains(index) ? Int($0.arguments[index]) : nil }
    }

    /// Whether the database compares and groups its values.
    var canBeCompared: Bool {
        !["Xml", "Json", "Real", "Money"].contains(native) && field.kind != .scalar(.json) && field.kind != .scalar(.float)
    }

    /// The n-th value; other numbers give other values where the type has enough of them.
    func json(_ number: Int) -> JSON? {
        guard field.arity == .list else { return single(number) }
        return single(number).map { .array([$0, single(number + 1) ?? $0]) }
    }

    private func single(_ number: Int) -> JSON? {
        switch field.kind {
        case .enumeration(let name):
            guard let values = schema.enumeration(named: name)?.values, !values.isEmpty else { return nil }
            return .string(values[number % values.count].name)
        case .scalar(let scalar): return value(scalar, number)
        case .relation, .unsupported: return nil
        }
    }

    private func value(_ scalar: ScalarType, _ number: Int) -> JSON {
        switch scalar {
        case .string: .string(text(number))
        case .boolean: .bool(number % 2 == 1)
        case .int: .int(Int64(native == "TinyInt" ? number % 2 : number))
        case .bigInt: .string(String(9_007_199_254_740_993 + Int64(number)))
        case .float: .double(Double(number) + 0.5)
        case .decimal: .string((argument(1) ?? (argument(0) == nil ? 2 : 0)) > 0 ? "\(number).5" : "\(number)")
        case .dateTime: .string(date(number))
        case .json: ["a": [1, nil, "é"], "n": .int(Int64(number))]
        case .bytes: .string(Data([0, 255, UInt8(number)]).base64EncodedString())
        }
    }

    private func text(_ number: Int) -> String {
        switch native {
        case "Uuid": return "00000000-0000-4000-8000-00000000000\(number)"
        case "Inet": return "10.0.0.\(number)"
        case "Xml": return "<a n=\"\(number)\"/>"
        case "Bit": return String(("000000000" + String(number, radix: 2)).suffix(argument(0) ?? 1))
        case "VarBit": return String(number, radix: 2)
        case "Char": return String("\(number)abcdefghijklmnopqrstuvwxyz0123456789".prefix(argument(0) ?? 1))
        case "VarChar": return String("\(number) text é".prefix(argument(0) ?? 100))
        default: return "\(number) text 'é' \\"
        }
    }

    private func date(_ number: Int) -> String {
        switch native {
        case "Date": "2024-05-0\(number)T00:00:00.000Z"
        case "Time", "Timetz": "1970-01-01T10:00:0\(number).000Z"
        default: "2024-05-0\(number)T10:30:00.000Z"
        }
    }
}
