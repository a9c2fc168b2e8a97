public import FoundationEssentials

/// A fixed span of time: a day is 24 hours.
public struct DateSpan: Hashable, Sendable {
    package var microseconds: Int64

    private init(_ count: Double, _ unit: Double) {
        let value = (count * unit).rounded()
        microseconds = Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    public static func weeks(_ count: Double) -> DateSpan { DateSpan(count, 604_800_000_000) }
    public static func days(_ count: Double) -> DateSpan { DateSpan(count, 86_400_000_000) }
    public static func hours(_ count: Double) -> DateSpan { DateSpan(count, 3_600_000_000) }
    public static func minutes(_ count: Double) -> DateSpan { DateSpan(count, 60_000_000) }
    public static func seconds(_ count: Double) -> DateSpan { DateSpan(count, 1_000_000) }
}

extension RowExpression where Value == Date {
    /// The instant at which the query runs: the same for each of its rows.
    public static var now: Self { .init(node: .now) }
}

extension RowExpression where Value.Unwrapped == Date {
    public static func + (left: Self, right: DateSpan) -> Self { .init(node: .shifted(left.node, microseconds: right.microseconds)) }

    public static func - (left: Self, right: DateSpan) -> Self {
        .init(node: .shifted(left.node, microseconds: right.microseconds == .min ? .max : -right.microseconds))
    }

    /// Days to another date, with their fraction; negative where that is earlier.
    public func days(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 86_400_000_000) }
    public func hours(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 3_600_000_000) }
    public func minutes(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 60_000_000) }
    public func seconds(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 1_000_000) }

    public func days(until other: RowExpression<Date?>) -> RowExpression<Double?> {
        .init(node: .dateDifference(from: node, to: other.node, unit: 86_400_000_000))
    }

    /// A part of the date, in UTC.
    public func part(_ part: DatePart) -> RowExpression<Value.IntResult> { .init(node: .datePart(part, node)) }

    private func difference(_ other: ExpressionNode, _ unit: Int64) -> RowExpression<Value.DoubleResult> {
        .init(node: .dateDifference(from: node, to: other, unit: unit))
    }
}
