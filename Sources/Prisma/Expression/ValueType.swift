/// The type of an expression's value, as far as the databases tell types apart.
public indirect enum ValueType: Hashable, Sendable {
    case bool
    /// `Int` in the schema: 32 bits in the database.
    case int
    /// `BigInt` in the schema, and whatever is computed from integers: 64 bits.
    case bigInt
    case double
    case decimal
    case string
    case date
    case bytes
    case json
    /// An enum of the schema, by its name there.
    case enumeration(String)
    case list(ValueType)
}

extension ValueType {
    package var isInteger: Bool { self == .int || self == .bigInt }
    package var isNumber: Bool { isInteger || self == .double || self == .decimal }
}
