public import FoundationEssentials

/// A Swift type that a column can hold.
public protocol ColumnValue: Hashable, Sendable {
    /// The type without its optionality.
    associatedtype Unwrapped: ColumnValue = Self
    /// `Int`, with the optionality of this type.
    associatedtype IntResult: ColumnValue = Int
    /// `Double`, with the optionality of this type.
    associatedtype DoubleResult: ColumnValue = Double
    /// `String`, with the optionality of this type.
    associatedtype StringResult: ColumnValue = String

    static var valueType: ValueType { get }

    var sqlValue: SQLValue { get }

    /// Reads the next column of a row.
    init(row: inout SQLRow) throws(PrismaError)
}

/// A type whose values have an order that both databases and Swift agree on.
public protocol OrderedColumnValue: ColumnValue {}

/// A number that expressions can compute with.
public protocol NumericColumnValue: OrderedColumnValue {}

/// An enum of the schema. Generated enums conform; the raw value is the name in the schema.
public protocol PrismaEnum: CastableToString, RawRepresentable, CaseIterable, Codable where RawValue == String, Unwrapped == Self {
    static var prismaName: String { get }
    /// What the database stores: the raw value, or the value's `@map`.
    var databaseValue: String { get }
    init?(databaseValue: String)
}

extension PrismaEnum {
    public static var valueType: ValueType { .enumeration(prismaName) }
    public var databaseValue: String { rawValue }
    public init?(databaseValue: String) { self.init(rawValue: databaseValue) }
    public var sqlValue: SQLValue { .text(databaseValue) }

    public init(row: inout SQLRow) throws(PrismaError) {
        self = try row.enumeration(Self.self)
    }
}

extension SQLRow {
    public mutating func enumeration<Value: PrismaEnum>(_ type: Value.Type) throws(PrismaError) -> Value {
        let text = try string()
        guard let value = Value(databaseValue: text) else {
            throw PrismaError(
                .invalidStoredValue, "Column \(index) of the row holds a value that the enum \(Value.prismaName) does not have.",
                fields: ["#\(index - 1)"],
                help: "Add the value to the enum in the schema and run `prisml generate`, or correct the stored value."
            )
        }
        return value
    }
}

extension Bool: ColumnValue {
    public typealias Unwrapped = Bool
    public static var valueType: ValueType { .bool }
    public var sqlValue: SQLValue { .bool(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.bool() }
}

extension Int: NumericColumnValue {
    public typealias Unwrapped = Int
    public static var valueType: ValueType { .int }
    public var sqlValue: SQLValue { .int(Int64(self)) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.int() }
}

extension Int64: NumericColumnValue {
    public typealias Unwrapped = Int64
    public static var valueType: ValueType { .bigInt }
    public var sqlValue: SQLValue { .int(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.int64() }
}

extension Double: NumericColumnValue {
    public typealias Unwrapped = Double
    public static var valueType: ValueType { .double }
    public var sqlValue: SQLValue { .double(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.double() }
}

extension Decimal: OrderedColumnValue {
    public typealias Unwrapped = Decimal
    public static var valueType: ValueType { .decimal }
    public var sqlValue: SQLValue { .decimal(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.decimal() }
}

extension String: OrderedColumnValue {
    public typealias Unwrapped = String
    public static var valueType: ValueType { .string }
    public var sqlValue: SQLValue { .text(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.string() }
}

extension Date: OrderedColumnValue {
    public typealias Unwrapped = Date
    public static var valueType: ValueType { .date }
    public var sqlValue: SQLValue { .timestamp(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.date() }
}

extension Data: ColumnValue {
    public typealias Unwrapped = Data
    public static var valueType: ValueType { .bytes }
    public var sqlValue: SQLValue { .bytes(self) }
    public init(row: inout SQLRow) throws(PrismaError) { self = try row.data() }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    public typealias Unwrapped = Wrapped.Unwrapped
    public typealias IntResult = Int?
    public typealias DoubleResult = Double?
    public typealias StringResult = String?
    public static var valueType: ValueType { Wrapped.valueType }
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }

    public init(row: inout SQLRow) throws(PrismaError) {
        self = try row.optional { (row: inout SQLRow) throws(PrismaError) in try Wrapped(row: &row) }
    }
}

extension Array: ColumnValue where Element: ColumnValue {
    public typealias Unwrapped = [Element]
    public static var valueType: ValueType { .list(Element.valueType) }
    public var sqlValue: SQLValue { .list(map(\.sqlValue)) }

    public init(row: inout SQLRow) throws(PrismaError) {
        self = try row.list { (row: inout SQLRow) throws(PrismaError) in try Element(row: &row) }
    }
}
