/// The dates that can be computed with: the years 1 to 9999, which all databases and ISO 8601 agree on. What lies outside is null.
package enum CalendarRange {
    /// 0001-01-01 and the last microsecond of 9999, in microseconds since 1970.
    package static let first: Int64 = -62_135_596_800_000_000
    package static let last: Int64 = 253_402_300_799_999_999

    static func contains(_ microseconds: Int64) -> Bool { microseconds >= first && microseconds <= last }

    /// A date moved by a fixed span; nil where it leaves the range.
    static func shift(_ microseconds: Int64, by distance: Int64) -> Int64? {
        let (sum, overflow) = microseconds.addingReportingOverflow(distance)
        return overflow || !contains(sum) ? nil : sum
    }

    /// The dates that a shift does not move out of the range; nil if there is none.
    static func movable(by distance: Int64) -> ClosedRange<Int64>? {
        let (low, high) = (first.subtractingReportingOverflow(distance), last.subtractingReportingOverflow(distance))
        if low.overflow { return distance > 0 ? .min...high.partialValue : nil }
        if high.overflow { return distance < 0 ? low.partialValue ... .max : nil }
        return low.partialValue...high.partialValue
    }
}

extension DatePart {
    /// The part of a date in UTC; nil outside of the years 1 to 9999.
    func of(_ microseconds: Int64) -> Int64? {
        guard CalendarRange.contains(microseconds) else { return nil }
        let (days, time) = microseconds.quotientAndModulo(86_400_000_000)
        switch self {
        case .year: return Timestamp.civil(days: days).year
        case .month: return Timestamp.civil(days: days).month
        case .day: return Timestamp.civil(days: days).day
        case .hour: return time / 3_600_000_000
        case .minute: return time / 60_000_000 % 60
        case .second: return time / 1_000_000 % 60
        case .weekday: return (days + 3).quotientAndModulo(7).modulo + 1
        case .dayOfYear:
            let year = Timestamp.civil(days: days).year
            return days - (Timestamp.daysSince1970(year: year, month: 1, day: 1) ?? days) + 1
        }
    }
}

extension DateUnit {
    /// The first instant of the unit that a date lies in; nil outside of the years 1 to 9999.
    func start(_ microseconds: Int64) -> Int64? {
        guard CalendarRange.contains(microseconds) else { return nil }
        if let length { return microseconds - (microseconds - offset).quotientAndModulo(length).modulo }
        let date = Timestamp.civil(days: microseconds.quotientAndModulo(86_400_000_000).quotient)
        return Timestamp.daysSince1970(year: date.year, month: self == .year ? 1 : date.month, day: 1).map { $0 * 86_400_000_000 }
    }

    /// Microseconds; nil where it varies.
    var length: Int64? {
        switch self {
        case .year, .month: nil
        case .week: 604_800_000_000
        case .day: 86_400_000_000
        case .hour: 3_600_000_000
        case .minute: 60_000_000
        case .second: 1_000_000
        }
    }

    /// Where a unit begins: weeks on a Monday, and 1970 began on a Thursday.
    var offset: Int64 { self == .week ? -259_200_000_000 : 0 }
}
