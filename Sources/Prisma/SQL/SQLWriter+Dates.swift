// SQLite holds a date as milliseconds since 1970, or as text where another program wrote it; PostgreSQL as a timestamp. Both
// compute with the years 1 to 9999 only, as `CalendarRange` says.

extension SQLWriter {
    /// A date to compute with: on SQLite milliseconds, however it is stored.
    mutating func date(_ node: ExpressionNode) throws(PrismaError) {
        guard dialect == .sqlite, case .column(let reference) = node else { return try expression(node) }
        let column = try name(reference)
        write("CASE typeof(\(column)) WHEN 'text' THEN prisml_date(\(column)) ELSE \(column) END")
    }

    /// The value of a date that is the same for each row.
    func constantDate(_ node: ExpressionNode) -> SQLValue? {
        switch node {
        case .literal(let value, .date): return value
        case .now:
            guard case .instant(let microseconds) = now else { return nil }
            return .timestamp(microseconds: microseconds)
        case .shifted(let operand, let distance):
            guard let date = constantDate(operand) else { return nil }
            return date.date.flatMap { CalendarRange.shift($0, by: distance) }.map { .timestamp(microseconds: $0) } ?? .null
        default: return nil
        }
    }

    /// A stored date beside a constant, on SQLite. All text comes after all numbers there, also in an index: what the condition says of
    /// numbers finds its rows by the index, and so does the range of all text.
    mutating func dateComparison(_ reference: ColumnReference, _ sign: String, _ constant: SQLValue) throws(PrismaError) {
        let column = try name(reference)
        guard !constant.isNull else { return write("NULL") }
        let bound = try piece { (writer) throws(PrismaError) in writer.bind(constant) }
        let text = "prisml_date(\(column))\(sign)\(bound)"
        switch sign {
        case " > ", " >= ", " <> ": write("(\(column)\(sign)\(bound) AND (typeof(\(column)) <> 'text' OR \(text)))")
        default: write("(\(column)\(sign)\(bound) OR (\(column) >= '' AND \(text)))")
        }
    }

    mutating func shifted(_ operand: ExpressionNode, _ distance: Int64) throws(PrismaError) {
        if let constant = constantDate(.shifted(operand, microseconds: distance)) {
            return try expression(.literal(constant, .date))
        }
        guard let range = CalendarRange.movable(by: distance) else {
            return try expression(.literal(.null, .date))
        }
        switch dialect {
        case .sqlite:
            let (low, high) = (milliseconds(range.lowerBound), milliseconds(range.upperBound))
            try once(operand) { v in
                "CASE WHEN \(v[0]) BETWEEN \(low) AND \(high) THEN \(v[0]) + \(distance / 1000) END"
            }
        case .postgresql:
            let (low, high) = (timestamp(range.lowerBound), timestamp(range.upperBound))
            try once(operand) { v in
                "CASE WHEN \(v[0]) BETWEEN \(low) AND \(high) THEN \(v[0]) + INTERVAL '\(distance) microseconds' END"
            }
        }
    }

    mutating func dateDifference(_ from: ExpressionNode, _ to: ExpressionNode, _ unit: Int64) throws(PrismaError) {
        write(dialect == .sqlite ? "(CAST((" : "((EXTRACT(EPOCH FROM (")
        try date(to)
        write(" - ")
        try date(from)
        switch dialect {
        case .sqlite: write(") * 1000 AS REAL) / \(unit).0)")
        case .postgresql: write(")) * 1000000)::float8 / \(unit)::float8)")
        }
    }

    mutating func datePart(_ part: DatePart, _ operand: ExpressionNode) throws(PrismaError) {
        switch dialect {
        case .sqlite:
            let inRange = Self.millisecondRange
            try once(operand) { v in
                let field = "CAST(strftime('\(part.format)', \(Self.seconds(v[0])), 'unixepoch') AS INTEGER)"
                return "CASE WHEN \(v[0]) \(inRange) THEN \(part == .weekday ? "(\(field) + 6) % 7 + 1" : field) END"
            }
        case .postgresql:
            let inRange = Self.timestampRange
            try once(operand) { v in
                "CASE WHEN \(v[0]) \(inRange) THEN floor(EXTRACT(\(part.postgresName) FROM \(v[0])))::int8 END"
            }
        }
    }

    mutating func startOf(_ unit: DateUnit, _ operand: ExpressionNode) throws(PrismaError) {
        switch dialect {
        case .sqlite:
            let inRange = Self.millisecondRange
            try once(operand) { v in
                let start: String
                if let length = unit.length {
                    let (length, offset) = (length / 1000, unit.offset / 1000)
                    start = "\(v[0]) - ((\(v[0]) - \(offset)) % \(length) + \(length)) % \(length)"
                } else {
                    start = "CAST(strftime('%s', \(Self.seconds(v[0])), 'unixepoch', 'start of \(unit.rawValue)') AS INTEGER) * 1000"
                }
                return "CASE WHEN \(v[0]) \(inRange) THEN \(start) END"
            }
        case .postgresql:
            let inRange = Self.timestampRange
            try once(operand) { v in
                "CASE WHEN \(v[0]) \(inRange) THEN date_trunc('\(unit.rawValue)', \(v[0])) END"
            }
        }
    }

    /// Whole seconds, rounded down also before 1970.
    private static func seconds(_ milliseconds: String) -> String {
        "(\(milliseconds) - (\(milliseconds) % 1000 + 1000) % 1000) / 1000"
    }

    private static let millisecondRange = "BETWEEN \(CalendarRange.first / 1000) AND \(CalendarRange.last / 1000)"
    private static let timestampRange = "BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999'"

    private func milliseconds(_ microseconds: Int64) -> Int64 { microseconds.quotientAndModulo(1000).quotient }

    /// A timestamp for PostgreSQL, within what it can hold.
    private func timestamp(_ microseconds: Int64) -> String {
        // The years -4000 and 290000.
        let microseconds = min(max(microseconds, -188_000_000_000_000_000), 9_089_000_000_000_000_000)
        let (date, time) = microseconds.quotientAndModulo(86_400_000_000)
        let (year, month, day) = Timestamp.civil(days: date)
        let (seconds, fraction) = time.quotientAndRemainder(dividingBy: 1_000_000)
        // Four digits at least: PostgreSQL takes fewer for another part of the date.
        return "'\(padded(year > 0 ? year : 1 - year, 4))-\(padded(month, 2))-\(padded(day, 2)) "
            + "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))."
            + "\(padded(fraction, 6))\(year > 0 ? "" : " BC")'"
    }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension DatePart {
    /// The name in SQLite's `strftime`.
    fileprivate var format: String {
        switch self {
        case .year: "%Y"
        case .month: "%m"
        case .day: "%d"
        case .hour: "%H"
        case .minute: "%M"
        case .second: "%S"
        case .weekday: "%w"
        case .dayOfYear: "%j"
        }
    }

    fileprivate var postgresName: String {
        switch self {
        case .weekday: "ISODOW"
        case .dayOfYear: "DOY"
        default: rawValue.uppercasedASCII
        }
    }
}
