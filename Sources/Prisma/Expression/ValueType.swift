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

// MARK: - Casts

extension ValueType {
    /// The casts that all databases make alike.
    func isCastable(to type: ValueType) -> Bool {
        switch (self, type) {
        case (.int, .double), (.bigInt, .double), (.double, .double), (.decimal, .double), (.string, .double): true
        case (.bool, .bigInt), (.int, .bigInt), (.bigInt, .bigInt), (.double, .bigInt), (.string, .bigInt): true
        case (.bool, .string), (.int, .string), (.bigInt, .string), (.string, .string), (.enumeration, .string): true
        default: false
        }
    }
}

extension ExpressionNode {
    static func noCast(_ from: ValueType, _ to: ValueType) -> PrismaError {
        PrismaError(
            .invalidExpression, "A value of type \(from) cannot be cast to \(to).",
            help: "Use the casts that expressions offer: `int`, `double`, `string`.")
    }
}
