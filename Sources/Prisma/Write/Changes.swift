/// What an update does to a row, written as assignments.
///
/// ```swift
/// try await prisma.user.update(where: { $0.id == 7 }) {
///     $0.visits += 1
///     $0.plan = .pro
///     $0.lastLoginAt = nil
/// }
/// ```
///
/// The right side may read the row's columns: the database computes it, so concurrent updates do not lose each other's.
@dynamicMemberLookup
public struct Changes<Model: Record> {
    package private(set) var assignments: [FieldAssignment] = []
    package private(set) var relations: [RelationWrite] = []

    package init() {}

    package mutating func set(_ field: String, to value: ExpressionNode) {
        assignments.removeAll { $0.field == field }
        assignments.append(FieldAssignment(field, value))
    }

    /// Adds to what is done to the rows of a relation.
    mutating func append(_ field: String, _ operations: [NestedWrite]) {
        if relations.last?.field == field {
            relations[relations.count - 1].operations += operations
        } else if !operations.isEmpty {
            relations.append(RelationWrite(field, operations))
        }
    }

    static func plan(_ change: (inout Changes) -> Void) -> UpdatePlan {
        var changes = Changes()
        change(&changes)
        var plan = UpdatePlan(model: Model.modelName)
        plan.assignments = changes.assignments
        plan.relations = changes.relations
        return plan
    }

    /// The column as it is before the update; assigning gives it another value.
    public subscript<Value: ColumnValue>(
        dynamicMember column: KeyPath<Model.Columns, RowExpression<Value>>
    ) -> RowExpression<Value> {
        get {
            let expression = Model.columns[keyPath: column]
            guard case .column(let reference) = expression.node else { return expression }
            return assignments.first { $0.field == reference.field }.map { RowExpression(node: $0.value) } ?? expression
        }
        set {
            guard case .column(let reference) = Model.columns[keyPath: column].node else { return }
            set(reference.field, to: newValue.node)
        }
    }

    /// Gives a column a plain value.
    @_disfavoredOverload
    public subscript<Value: ColumnValue>(dynamicMember column: KeyPath<Model.Columns, RowExpression<Value>>) -> Value {
        @available(*, unavailable, message: "a column's value is in the database; use it in an expression")
        get { preconditionFailure("unavailable") }
        set { self[dynamicMember: column] = RowExpression(newValue) }
    }
}

// The forms for the plain number types are written out: a generic one would lose to the standard library's operators on numbers.
public func += (left: inout RowExpression<Int>, right: Int) { left = left + right }
public func -= (left: inout RowExpression<Int>, right: Int) { left = left - right }
public func *= (left: inout RowExpression<Int>, right: Int) { left = left * right }
public func /= (left: inout RowExpression<Int>, right: Int) { left = left / right }
public func += (left: inout RowExpression<Int64>, right: Int64) { left = left + right }
public func -= (left: inout RowExpression<Int64>, right: Int64) { left = left - right }
public func *= (left: inout RowExpression<Int64>, right: Int64) { left = left * right }
public func /= (left: inout RowExpression<Int64>, right: Int64) { left = left / right }
public func += (left: inout RowExpression<Double>, right: Double) { left = left + right }
public func -= (left: inout RowExpression<Double>, right: Double) { left = left - right }
public func *= (left: inout RowExpression<Double>, right: Double) { left = left * right }
public func /= (left: inout RowExpression<Double>, right: Double) { left = left / right }

extension RowExpression where Value.Unwrapped: NumericColumnValue {
    public static func += (left: inout Self, right: Value.Unwrapped) { left = left + right }
    public static func += (left: inout Self, right: Self) { left = left + right }
    public static func -= (left: inout Self, right: Value.Unwrapped) { left = left - right }
    public static func -= (left: inout Self, right: Self) { left = left - right }
    public static func *= (left: inout Self, right: Value.Unwrapped) { left = left * right }
    public static func *= (left: inout Self, right: Self) { left = left * right }
    public static func /= (left: inout Self, right: Value.Unwrapped) { left = left / right }
}

extension RowExpression: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral, ExpressibleByStringLiteral
where Value == String {
    public init(stringLiteral value: String) { self.init(value) }
}
