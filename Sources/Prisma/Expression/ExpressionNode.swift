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
    /// The first instant of the unit that a date lies in.
    case startOf(DateUnit, ExpressionNode)
    case aggregate(RelationAggregate)
    /// A function of the row that is not SQL's: a prediction.
    case function(RowFunction, [ExpressionNode])
    /// What stands for an expression that is nested too deeply; whoever reads it throws.
    case tooDeep(ValueType)
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
    case not, isNull
    case negate, absolute
    /// Whole numbers, as doubles; `rounded` takes a half away from zero.
    case floor, ceiling, rounded
    case lowercased, uppercased, trimmed, length
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case and, or
    /// Whether two values differ, a null being a value like others: never unknown.
    case distinct
    case add, subtract, multiply, divide, remainder
    /// The smaller and the greater of two values, null where one is null.
    case least, greatest
    case coalesce
    case contains, hasPrefix, hasSuffix
    case concatenate
}

/// A part of a date, in UTC.
public enum DatePart: String, Hashable, Sendable, CaseIterable {
    case year, month, day, hour, minute, second
    /// Monday is 1, Sunday 7.
    case weekday
    case dayOfYear
}

/// A unit of the calendar, in UTC.
public enum DateUnit: String, Hashable, Sendable, CaseIterable {
    case year, month
    /// Weeks begin on Monday.
    case week
    case day, hour, minute, second
}

/// A question to the rows at the other end of a relation.
package struct RelationAggregate: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case count, countDistinct, sum, average, minimum, maximum
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

    package init(
        kind: Kind, depth: Int, model: String, field: String, target: String, filter: ExpressionNode? = nil, value: ExpressionNode? = nil,
        order: [RowOrder] = []
    ) {
        self.kind = kind
        self.depth = depth
        self.model = model
        self.field = field
        self.target = target
        self.filter = filter
        self.value = value
        self.order = order
    }
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
        case .literal(_, let type), .cast(_, let type), .tooDeep(let type): type
        case .now, .shifted, .startOf: .date
        case .unary(let op, let operand):
            switch op {
            case .not, .isNull: .bool
            case .negate, .absolute: operand.type.computed
            case .floor, .ceiling, .rounded: .double
            case .lowercased, .uppercased, .trimmed: .string
            case .length: .bigInt
            }
        case .binary(let op, let left, _):
            switch op {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .distinct, .and, .or, .contains, .hasPrefix,
                .hasSuffix:
                .bool
            case .add, .subtract, .multiply, .divide, .remainder: left.type.computed
            case .least, .greatest, .coalesce: left.type
            case .concatenate: .string
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
        case .count, .countDistinct: .bigInt
        case .sum: value?.type.computed ?? .bigInt
        case .average: .double
        case .some, .every, .none: .bool
        case .minimum, .maximum, .first: value?.type ?? .bigInt
        }
    }
}

extension ValueType {
    /// The type of what arithmetic makes of a value: 64 bits for integers.
    package var computed: ValueType { self == .int ? .bigInt : self }
}
