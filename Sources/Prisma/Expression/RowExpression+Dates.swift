public import FoundationEssentials

/// A fixed span of time, in whole milliseconds: a day is 24 hours.
public struct DateSpan: Hashable, Sendable {
    package var microseconds: Int64

    private init(_ count: Double, milliseconds: Double) {
        let value = (count * milliseconds).rounded()
        // What is not a number of years that a calendar has moves every date out of it.
        microseconds = Int64(exactly: min(max(value, -1e15), 1e15)).map { $0 * 1000 } ?? 0
    }

    public static func weeks(_ count: Double) -> DateSpan { DateSpan(count, milliseconds: 604_800_000) }
    public static func days(_ count: Double) -> DateSpan { DateSpan(count, milliseconds: 86_400_000) }
    public static func hours(_ count: Double) -> DateSpan { DateSpan(count, milliseconds: 3_600_000) }
    public static func minutes(_ count: Double) -> DateSpan { DateSpan(count, milliseconds: 60_000) }
    public static func seconds(_ count: Double) -> DateSpan { DateSpan(count, milliseconds: 1000) }
}

extension RowExpression where Value == Date {
    /// The instant at which the query runs: the same for each of its rows.
    public static var now: Self { .init(node: .now) }
}

extension RowExpression where Value.Unwrapped == Date {
    /// The date moved by a span; null where it leaves the years 1 to 9999.
    public static func + (left: Self, right: DateSpan) -> Self { .init(node: .shifted(left.node, microseconds: right.microseconds)) }

    /// The date moved back by a span; null where it leaves the years 1 to 9999.
    public static func - (left: Self, right: DateSpan) -> Self { .init(node: .shifted(left.node, microseconds: -right.microseconds)) }

    /// Days to another date, with their fraction; negative where that is earlier.
    public func days(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 86_400_000_000) }

    /// Hours to another date, with their fraction; negative where that is earlier.
    public func hours(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 3_600_000_000) }

    /// Minutes to another date, with their fraction; negative where that is earlier.
    public func minutes(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 60_000_000) }

    /// Seconds to another date, with their fraction; negative where that is earlier.
    public func seconds(until other: RowExpression<Date>) -> RowExpression<Value.DoubleResult> { difference(other.node, 1_000_000) }

    /// Days to another date, null where there is none.
    public func days(until other: RowExpression<Date?>) -> RowExpression<Double?> { difference(other.node, 86_400_000_000) }

    /// Hours to another date, null where there is none.
    public func hours(until other: RowExpression<Date?>) -> RowExpression<Double?> { difference(other.node, 3_600_000_000) }

    /// Minutes to another date, null where there is none.
    public func minutes(until other: RowExpression<Date?>) -> RowExpression<Double?> { difference(other.node, 60_000_000) }

    /// Seconds to another date, null where there is none.
    public func seconds(until other: RowExpression<Date?>) -> RowExpression<Double?> { difference(other.node, 1_000_000) }

    /// A part of the date, in UTC; null outside of the years 1 to 9999.
    public func part(_ part: DatePart) -> RowExpression<Value.IntResult> { .init(node: .datePart(part, node)) }

    /// The first instant of the year, month, week, day … that the date lies in, in UTC; null outside of the years 1 to 9999.
    ///
    /// ```swift
    /// prisma.order.groupBy({ $0.createdAt.start(of: .month) }) { ($0.id.count, $0.total.sum) }
    /// ```
    public func start(of unit: DateUnit) -> Self { .init(node: .startOf(unit, node)) }

    private func difference<Result: ColumnValue>(_ other: ExpressionNode, _ unit: Int64) -> RowExpression<Result> {
        .init(node: .dateDifference(from: node, to: other, unit: unit))
    }
}
