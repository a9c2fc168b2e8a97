internal import FoundationEssentials
import Prisma

/// A value in one of SQLite's storage classes, in the formats that Prisma stores.
///
/// A date is INTEGER milliseconds since 1970, a boolean 0 or 1, a decimal a number, JSON its text.
enum SQLiteValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes(Data)
    case unsupported(String)

    init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .integer(bool ? 1 : 0)
        case .int(let integer): self = .integer(integer)
        case .double(let double): self = .real(double)
        case .decimal(let decimal): self = Self.number(decimal)
        case .text(let text), .json(let text): self = .text(text)
        case .bytes(let data): self = .bytes(data)
        case .timestamp(let microseconds):
            // To the nearest millisecond, halves away from zero, as PostgreSQL's timestamp(3) does: the same date is the same row.
            let (quotient, rest) = microseconds.quotientAndModulo(1000)
            self = .integer(rest > 500 || (rest == 500 && microseconds >= 0) ? quotient + 1 : quotient)
        case .list: self = .unsupported("a list")
        }
    }

    /// Whole numbers stay exact up to 64 bits; all others become the nearest double, as Prisma stores them.
    private static func number(_ decimal: Decimal) -> SQLiteValue {
        let text = decimal.description
        if let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text) else { return .unsupported("a decimal that is not a number") }
        return .real(double)
    }
}
