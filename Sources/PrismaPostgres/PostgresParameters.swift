internal import CPostgres
internal import FoundationEssentials
import Prisma

/// The values of a statement in the form that libpq takes them.
///
/// Numbers, booleans, dates and bytes are binary; all that is text has no type of its own, so that the server takes it for
/// what the place needs: an enum, a uuid, jsonb, a list.
struct PostgresParameters {
    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    /// Where each value begins; -1 for NULL.
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    private enum Number {
        static let bool: UInt32 = 16
        static let bytes: UInt32 = 17
        static let int: UInt32 = 20
        static let double: UInt32 = 701
        static let timestamp: UInt32 = 1114
        static let numeric: UInt32 = 1700
        static let inferred: UInt32 = 0
    }

    /// No values.
    init() {}

    init(_ statement: SQLStatement) throws(PrismaError) {
        let count = statement.bindings.count
        guard count <= 65_535 else {
            throw PrismaError(
                .tooManyParameters, "The statement has \(count) parameters; PostgreSQL takes 65535.", sql: statement.text,
                help: "Send fewer values at once."
            )
        }
        guard count > 0 else { return }
        types.reserveCapacity(count)
        offsets.reserveCapacity(count)
        lengths.reserveCapacity(count)
        formats.reserveCapacity(count)
        for value in statement.bindings {
            do throws(PrismaError) {
                try append(value)
            } catch {
                var error = error
                error.message = "Parameter \(offsets.count + 1): \(error.message)"
                error.sql = statement.text
                throw error
            }
        }
    }

    var count: Int { types.count }

    /// The type of a value as the statement is to be prepared with; nil for NULL, which fits any.
    static func type(of value: SQLValue) -> UInt32? {
        switch value {
        case .null: nil
        case .bool: Number.bool
        case .int: Number.int
        case .double: Number.double
        case .decimal: Number.numeric
        case .bytes: Number.bytes
        case .timestamp: Number.timestamp
        case .text, .json, .list: Number.inferred
        }
    }

    private mutating func append(_ value: SQLValue) throws(PrismaError) {
        let start = bytes.count
        switch value {
        case .null:
            add(Number.inferred, offset: -1, length: 0, isBinary: false)
            return
        case .bool(let bool): bytes.append(bool ? 1 : 0)
        case .int(let integer): append(bigEndian: UInt64(bitPattern: integer))
        case .double(let double): append(bigEndian: double.bitPattern)
        case .timestamp(let microseconds): append(bigEndian: UInt64(bitPattern: try Self.since2000(microseconds)))
        case .bytes(let data): bytes.append(contentsOf: data)
        case .decimal(let decimal): append(text: decimal.isNaN ? "NaN" : decimal.description)
        case .text(let text), .json(let text):
            guard !text.utf8.contains(0) else {
                throw PrismaError(
                    .invalidText, "PostgreSQL cannot store a text with a NUL character.", help: "Remove it, or store the value as Bytes.")
            }
            append(text: text)
        case .list(let values): append(text: try PostgresList.literal(values))
        }
        let type = Self.type(of: value) ?? Number.inferred
        let isBinary = type != Number.inferred && type != Number.numeric
        add(type, offset: start, length: bytes.count - start, isBinary: isBinary)
    }

    private mutating func add(_ type: UInt32, offset: Int, length: Int, isBinary: Bool) {
        types.append(type)
        offsets.append(offset)
        lengths.append(Int32(clamping: length))
        formats.append(isBinary ? 1 : 0)
    }

    private mutating func append(bigEndian value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }

    private static func since2000(_ microseconds: Int64) throws(PrismaError) -> Int64 {
        let (value, overflow) = microseconds.subtractingReportingOverflow(946_684_800_000_000)
        // The two ends mean infinity.
        guard !overflow, value != .max, value != .min else {
            throw PrismaError(.outOfRange, "The date is beyond what PostgreSQL stores.", help: "Use NULL for an open end.")
        }
        return value
    }

    /// Calls `body` with libpq's arrays: types, values, lengths, formats.
    func withArrays<Result>(
        _ body: (
            UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { raw in
            let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                for index in 0..<count {
                    // An empty value of bytes needs an address too: none means NULL.
                    values[index] = offsets[index] < 0 ? nil : base.map { $0 + offsets[index] } ?? Self.nothing
                }
                return body(types, UnsafePointer(values.baseAddress), lengths, formats)
            }
        }
    }

    private static var nothing: UnsafePointer<CChar> {
        let empty: StaticString = ""
        return UnsafeRawPointer(empty.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
