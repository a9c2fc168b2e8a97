public import FoundationEssentials

// An integer result that does not fit 64 bits and a division by zero have no value: they are null. Where the type says that
// there is a value, reading such a result is an error.

extension RowExpression where Value.Unwrapped: NumericColumnValue {
    private static func literal(_ value: Value.Unwrapped) -> ExpressionNode { .literal(value.sqlValue, Value.valueType) }

    public static func + (left: Self, right: Self) -> Self { .init(node: .binary(.add, left.node, right.node)) }
    public static func + (left: Self, right: Value.Unwrapped) -> Self { .init(node: .binary(.add, left.node, literal(right))) }
    public static func + (left: Value.Unwrapped, right: Self) -> Self { .init(node: .binary(.add, literal(left), right.node)) }

    public static func - (left: Self, right: Self) -> Self { .init(node: .binary(.subtract, left.node, right.node)) }
    public static func - (left: Self, right: Value.Unwrapped) -> Self { .init(node: .binary(.subtract, left.node, literal(right))) }
    public static func - (left: Value.Unwrapped, right: Self) -> Self { .init(node: .binary(.subtract, literal(left), right.node)) }

    public static func * (left: Self, right: Self) -> Self { .init(node: .binary(.multiply, left.node, right.node)) }
    public static func * (left: Self, right: Value.Unwrapped) -> Self { .init(node: .binary(.multiply, left.node, literal(right))) }
    public static func * (left: Value.Unwrapped, right: Self) -> Self { .init(node: .binary(.multiply, literal(left), right.node)) }

    /// The quotient, rounded toward zero for integers; null where the divisor is zero.
    public static func / <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Value.Unwrapped?>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.divide, left.node, right.node))
    }

    public static func / (left: Self, right: Value.Unwrapped) -> Self { .init(node: .binary(.divide, left.node, literal(right))) }

    public static func / (left: Value.Unwrapped, right: Self) -> RowExpression<Value.Unwrapped?> {
        .init(node: .binary(.divide, literal(left), right.node))
    }

    /// The negated value.
    public static prefix func - (operand: Self) -> Self { .init(node: .unary(.negate, operand.node)) }

    /// The value without its sign.
    public var absolute: Self { .init(node: .unary(.absolute, node)) }
}

extension RowExpression where Value: NumericColumnValue {
    public static func + (left: Self, right: RowExpression<Value?>) -> RowExpression<Value?> {
        .init(node: .binary(.add, left.node, right.node))
    }

    public static func + (left: RowExpression<Value?>, right: Self) -> RowExpression<Value?> {
        .init(node: .binary(.add, left.node, right.node))
    }

    public static func - (left: Self, right: RowExpression<Value?>) -> RowExpression<Value?> {
        .init(node: .binary(.subtract, left.node, right.node))
    }

    public static func - (left: RowExpression<Value?>, right: Self) -> RowExpression<Value?> {
        .init(node: .binary(.subtract, left.node, right.node))
    }

    public static func * (left: Self, right: RowExpression<Value?>) -> RowExpression<Value?> {
        .init(node: .binary(.multiply, left.node, right.node))
    }

    public static func * (left: RowExpression<Value?>, right: Self) -> RowExpression<Value?> {
        .init(node: .binary(.multiply, left.node, right.node))
    }
}

extension RowExpression where Value.Unwrapped: NumericColumnValue & BinaryInteger {
    /// The remainder, with the sign of the dividend; null where the divisor is zero.
    public static func % <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Value.Unwrapped?>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.remainder, left.node, right.node))
    }

    public static func % (left: Self, right: Value.Unwrapped) -> Self {
        .init(node: .binary(.remainder, left.node, .literal(right.sqlValue, Value.valueType)))
    }
}

// MARK: - Casts

extension RowExpression where Value.Unwrapped: CastableToDouble {
    /// The nearest `Double`.
    public var double: RowExpression<Value.DoubleResult> { .init(node: .cast(node, .double)) }
}

/// A number or decimal, which a `Double` can stand for.
public protocol CastableToDouble: OrderedColumnValue {}
extension Int: CastableToDouble {}
extension Int64: CastableToDouble {}
extension Double: CastableToDouble {}
extension Decimal: CastableToDouble {}

extension RowExpression where Value.Unwrapped == Bool {
    /// 1 for true and 0 for false.
    public var int: RowExpression<Value.IntResult> { .init(node: .cast(node, .bigInt)) }
}

extension RowExpression where Value.Unwrapped == Double {
    /// The number without its fraction; null where it does not fit 64 bits.
    public var int: RowExpression<Int?> { .init(node: .cast(node, .bigInt)) }
}

extension RowExpression where Value.Unwrapped == Double {
    /// The greatest whole number that is not above the value.
    public var floor: Self { .init(node: .unary(.floor, node)) }

    /// The least whole number that is not below the value.
    public var ceiling: Self { .init(node: .unary(.ceiling, node)) }

    /// The nearest whole number; a half goes away from zero.
    public var rounded: Self { .init(node: .unary(.rounded, node)) }
}

extension RowExpression where Value.Unwrapped: CastableToString {
    /// The value as text: digits, `true` or `false`, an enum's value as the database stores it.
    public var string: RowExpression<Value.StringResult> { .init(node: .cast(node, .string)) }
}

/// A type whose values all databases write alike.
public protocol CastableToString: ColumnValue {}
extension Int: CastableToString {}
extension Int64: CastableToString {}
extension Bool: CastableToString {}
