/// The tree behind a `RowExpression`: a plain value with four readers (SQL, evaluation in memory, the canonical form and the
/// walk over what it reads).
package indirect enum ExpressionNode: Hashable, Sendable {
    case column(ColumnReference)
    case literal(SQLValue, ValueType)
    /// One instant for a whole query, or a column where an expression is evaluated as of a point in time.
    case now
    case unary(UnaryOperator, ExpressionNode)
    case binary(BinaryOperator, ExpressionNode, ExpressionNode)
    case conditional(ExpressionNode, then: ExpressionNode, else: ExpressionNode)
    case membership(ExpressionNode, [SQLValue], ValueType)
    case cast(ExpressionNode, ValueType)
    case datePart(DatePart, ExpressionNode)
    /// A date moved by a fixed span of time.
    case shifted(ExpressionNode, microseconds: Int64)
    /// The first value's distance to the second, in units of so many microseconds.
    case dateDifference(from: ExpressionNode, to: ExpressionNode, unit: Int64)
    case partAfter(ExpressionNode, separator: String)
    /// Something asked of a scalar list or of Json.
    case structure(StructureOperator, [ExpressionNode])
    case aggregate(RelationAggregate)
    /// A function of the row that is not SQL's: a prediction.
    case function(RowFunction, [ExpressionNode])
}

/// A column of the row in a scope: 0 is the row the query is about, each relation that is entered is one deeper.
package struct ColumnReference: Hashable, Sendable {
    package var depth: Int
    package var model: String
    package var field: String
    package var type: ValueType

    package init(depth: Int, model: String, field: String, type: ValueType) {
        self.depth = depth
        self.model = model
        self.field = field
        self.type = type
    }
}

package enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
    case not, negate, isNull, lowercased, uppercased, length, absolute
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case and, or
    case add, subtract, multiply, divide, remainder
    case coalesce
    case contains, hasPrefix, hasSuffix
}

/// A part of a date, in UTC.
public enum DatePart: String, Hashable, Sendable, CaseIterable {
    case year, month, day, hour, minute, second
    /// Monday is 1, Sunday 7.
    case weekday
    case dayOfYear
}

/// A question to the rows at the other end of a relation.
package struct RelationAggregate: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case count, sum, average, minimum, maximum
        case some, every, none
        /// The value of the first row in an order; of the only row where the relation is to one.
        case first
    }

    package var kind: Kind
    /// The relation, seen from the row in scope `depth`.
    package var depth: Int
    package var model: String
    package var field: String
    package var target: String
    /// Conditions and values are written in scope `depth + 1`.
    package var filter: ExpressionNode?
    package var value: ExpressionNode?
    package var order: [RowOrder] = []
}

/// One term of an ordering.
public struct RowOrder: Hashable, Sendable {
    public enum Nulls: String, Hashable, Sendable {
        case first, last
    }

    package var node: ExpressionNode
    package var isDescending: Bool
    /// Nil leaves it to the database: last when ascending on PostgreSQL, first on SQLite.
    package var nulls: Nulls?

    package init(_ node: ExpressionNode, descending: Bool, nulls: Nulls? = nil) {
        self.node = node
        self.isDescending = descending
        self.nulls = nulls
    }

    public func nulls(_ position: Nulls) -> RowOrder {
        var copy = self
        copy.nulls = position
        return copy
    }
}

extension ExpressionNode {
    /// The type of the value, which decides how a database must be asked.
    package var type: ValueType {
        switch self {
        case .column(let column): column.type
        case .literal(_, let type), .cast(_, let type): type
        case .now, .shifted: .date
        case .unary(let op, let operand):
            switch op {
            case .not, .isNull: .bool
            case .negate, .absolute: operand.type.computed
            case .lowercased, .uppercased: .string
            case .length: .bigInt
            }
        case .binary(let op, let left, _):
            switch op {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .contains, .hasPrefix, .hasSuffix: .bool
            case .add, .subtract, .multiply, .divide, .remainder: left.type.computed
            case .coalesce: left.type
            }
        case .conditional(_, let then, _): then.type
        case .membership: .bool
        case .datePart: .bigInt
        case .dateDifference: .double
        case .partAfter: .string
        case .structure(let op, let operands): op.type(of: operands.first?.type)
        case .aggregate(let aggregate): aggregate.type
        case .function(let function, _): function.type
        }
    }
}

extension RelationAggregate {
    package var type: ValueType {
        switch kind {
        case .count: .bigInt
        case .sum: value?.type.computed ?? .bigInt
        case .average: .double
        case .some, .every, .none: .bool
        case .minimum, .maximum, .first: value?.type ?? .bigInt
        }
    }
}

extension ValueType {
    /// The type of what arithmetic makes of a value: 64 bits for integers.
    var computed: ValueType { self == .int ? .bigInt : self }
}
