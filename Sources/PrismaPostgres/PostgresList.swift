internal import FoundationEssentials
import Prisma

/// A list as PostgreSQL's array literal: `{1,2,NULL}`, `{"a","b \"c\""}`.
enum PostgresList {
    static func literal(_ values: [SQLValue]) throws(PrismaError) -> String {
        var text = "{"
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            try append(value, to: &text)
        }
        return text + "}"
    }

    private static func append(_ value: SQLValue, to text: inout String) throws(PrismaError) {
        switch value {
        case .null: text += "NULL"
        case .bool(let bool): text += bool ? "t" : "f"
        case .int(let integer): text += String(integer)
        case .double(let double): text += number(double)
        case .decimal(let decimal): text += decimal.isNaN ? "NaN" : decimal.description
        case .timestamp(let microseconds): text += "\"" + date(microseconds) + "\""
        case .bytes(let data):
            text += "\"\\\\x"
            for byte in data { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            text += "\""
        case .text(let string), .json(let string):
            guard !string.utf8.contains(0) else {
                throw PrismaError(
                    .invalidText, "PostgreSQL cannot store a text with a NUL character.", help: "Remove it, or store the value as Bytes.")
            }
            text += "\""
            for scalar in string.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(scalar)
            }
            text += "\""
        case .list(let values):
            text += try literal(values)
        }
    }

    static func number(_ double: Double) -> String {
        double.isNaN ? "NaN" : double.isInfinite ? (double < 0 ? "-Infinity" : "Infinity") : double.description
    }

    /// PostgreSQL writes years before our era as `0044-03-15 BC`, and has no year 0.
    static func date(_ microseconds: Int64) -> String {
        let day = Timestamp.civil(days: microseconds.quotientAndModulo(86_400_000_000).quotient)
        guard day.year <= 0 || day.year > 9999 else { return Timestamp.format(microseconds) }
        let text = Timestamp.format(microseconds)
        let rest = text.dropFirst().drop { $0 != "-" }
        return day.year > 0 ? "\(day.year)\(rest)" : "\(padded(1 - day.year))\(rest) BC"
    }

    private static func padded(_ year: Int64) -> String {
        let digits = String(year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
