internal import FoundationEssentials
import Prisma

/// Rows in the text format of COPY: a line for each, columns with tabs between them. The server reads each value as the type of its column.
struct PostgresCopyText {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds the row that begins at `start`.
    mutating func append(_ values: [SQLValue], from start: Int, count: Int) throws(PrismaError) {
        for index in start..<start + count {
            if index > start { bytes.append(UInt8(ascii: "\t")) }
            try append(values[index])
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ value: SQLValue) throws(PrismaError) {
        switch value {
        case .null: bytes.append(contentsOf: "\\N".utf8)
        case .bool(let bool): bytes.append(UInt8(ascii: bool ? "t" : "f"))
        case .int(let integer): bytes.append(contentsOf: String(integer).utf8)
        case .double(let double): bytes.append(contentsOf: PostgresList.number(double).utf8)
        case .decimal(let decimal): bytes.append(contentsOf: (decimal.isNaN ? "NaN" : decimal.description).utf8)
        case .timestamp(let microseconds): append(date: microseconds)
        case .bytes(let data):
            bytes.append(contentsOf: "\\\\x".utf8)
            for byte in data {
                bytes.append(Self.hexadecimal[Int(byte >> 4)])
                bytes.append(Self.hexadecimal[Int(byte & 15)])
            }
        case .text(let text), .json(let text):
            guard !text.utf8.contains(0) else {
                throw PrismaError(
                    .invalidText, "PostgreSQL cannot store a text with a NUL character.", help: "Remove it, or store the value as Bytes.")
            }
            append(escaping: text)
        case .list(let values): append(escaping: try PostgresList.literal(values))
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    private mutating func append(escaping text: String) {
        let needsEscape = { (byte: UInt8) in byte == 0x5C || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        guard text.utf8.contains(where: needsEscape) else { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            default: bytes.append(byte)
            }
        }
    }

    /// `2024-02-29 12:30:00.123456+00`; a type without a time zone takes no notice of the last part.
    private mutating func append(date microseconds: Int64) {
        let (days, time) = microseconds.quotientAndModulo(86_400_000_000)
        let day = Timestamp.civil(days: days)
        guard (1...9999).contains(day.year) else { return bytes.append(contentsOf: PostgresList.date(microseconds).utf8) }
        let seconds = time / 1_000_000
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 29) { text in
            _ = text.initialize(fromContentsOf: Self.date)
            Self.write(day.year, 4, to: text, at: 0)
            Self.write(day.month, 2, to: text, at: 5)
            Self.write(day.day, 2, to: text, at: 8)
            Self.write(seconds / 3600, 2, to: text, at: 11)
            Self.write(seconds / 60 % 60, 2, to: text, at: 14)
            Self.write(seconds % 60, 2, to: text, at: 17)
            Self.write(time % 1_000_000, 6, to: text, at: 20)
            bytes.append(contentsOf: UnsafeBufferPointer(text))
        }
    }

    private static let date = Array("0000-00-00 00:00:00.000000+00".utf8)

    private static func write(_ number: Int64, _ digits: Int, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        var rest = UInt32(truncatingIfNeeded: number)
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
