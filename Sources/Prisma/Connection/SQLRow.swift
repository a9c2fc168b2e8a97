public import FoundationEssentials

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The current row: its columns are read from left to right, each once, straight from the driver's buffer.
///
/// Generated records are made of these calls. A value that does not fit its type is an error that names the column.
public struct SQLRow {
    @usableFromInline let cells: UnsafeBufferPointer<SQLCell>
    /// The column that is read next.
    @usableFromInline var index = 0
    /// The column that the record begins at, for those who read more of its columns than the record keeps.
    @usableFromInline package var recordStart = 0
    /// The type of the record, where somebody reads more than it keeps.
    @usableFromInline package var recordType: (any Record.Type)?

    @inlinable
    public init(cells: UnsafeBufferPointer<SQLCell>) {
        self.cells = cells
    }

    public var count: Int { cells.count }

    /// The number of columns read so far.
    package var position: Int { index }

    /// Whether the next column is NULL; it stays the next one.
    package var isAtNull: Bool { index < cells.count && cells[index].kind == .null }

    /// Goes on with another column: the ones between were read elsewhere, or cannot be read.
    package mutating func move(to position: Int) {
        index = position
    }

    /// The record's columns begin here.
    package mutating func beginRecord(_ type: (any Record.Type)?) {
        recordStart = index
        recordType = type
    }

    /// A cell's text.
    package static func text(_ cell: SQLCell, at place: Int) throws(PrismaError) -> String { try string(cell, at: place) }

    /// Lets `body` read some of the columns as if they were side by side.
    package func gathering<Answer>(
        _ places: [Int], _ body: (inout SQLRow) throws(PrismaError) -> Answer
    ) throws(PrismaError) -> Answer {
        var gathered: [SQLCell] = []
        for place in places {
            guard place < cells.count else { throw Self.exhausted(place) }
            gathered.append(cells[place])
        }
        let result = gathered.withUnsafeBufferPointer { cells in
            var row = SQLRow(cells: cells)
            return Result { () throws(PrismaError) in try body(&row) }
        }
        return try result.get()
    }

    /// Lets `body` read some of the columns as if they stood behind the row, side by side.
    ///
    /// Beside `gathering`, since one generic function for both takes three times as long here.
    func appending(_ places: [Int], _ body: (inout SQLRow) throws -> Void) throws {
        var all = Array(cells)
        for place in places {
            guard cells.indices.contains(place) else { throw Self.exhausted(place) }
            all.append(cells[place])
        }
        try all.withUnsafeBufferPointer { all in
            var row = SQLRow(cells: all)
            (row.index, row.recordStart, row.recordType) = (cells.count, recordStart, recordType)
            try body(&row)
        }
    }

    /// The next column as it came.
    @inlinable
    public mutating func cell() throws(PrismaError) -> SQLCell {
        guard index < cells.count else { throw Self.exhausted(index) }
        let cell = cells[index]
        index += 1
        return cell
    }

    @inlinable
    public mutating func int() throws(PrismaError) -> Int {
        let cell = try cell()
        guard cell.kind == .integer else { return Int(try Self.int64(cell, at: index - 1)) }
        return Int(cell.integer)
    }

    @inlinable
    public mutating func int64() throws(PrismaError) -> Int64 {
        let cell = try cell()
        guard cell.kind == .integer else { return try Self.int64(cell, at: index - 1) }
        return cell.integer
    }

    @inlinable
    public mutating func double() throws(PrismaError) -> Double {
        let cell = try cell()
        guard cell.kind == .real else { return try Self.double(cell, at: index - 1) }
        return cell.real
    }

    @inlinable
    public mutating func bool() throws(PrismaError) -> Bool {
        let cell = try cell()
        guard cell.kind == .boolean else { return try Self.bool(cell, at: index - 1) }
        return cell.integer != 0
    }

    public mutating func string() throws(PrismaError) -> String {
        try Self.string(try cell(), at: index - 1)
    }

    /// The next column as the text of a JSON value.
    ///
    /// SQLite keeps a number in a `JSONB` column as a number: the declared type has numeric affinity.
    public mutating func jsonText() throws(PrismaError) -> String {
        let cell = try cell()
        switch cell.kind {
        case .integer: return String(cell.integer)
        case .real: return "\(cell.real)"
        default: return try Self.string(cell, at: index - 1)
        }
    }

    public mutating func date() throws(PrismaError) -> Date {
        Date(microsecondsSince1970: try Self.microseconds(try cell(), at: index - 1))
    }

    public mutating func data() throws(PrismaError) -> Data {
        try Self.data(try cell(), at: index - 1)
    }

    public mutating func decimal() throws(PrismaError) -> Decimal {
        try Self.decimal(try cell(), at: index - 1)
    }

    /// Reads the next column only if it holds a value.
    @inlinable
    public mutating func optional<Value>(
        _ read: (inout SQLRow) throws(PrismaError) -> Value
    ) throws(PrismaError) -> Value? {
        guard index < cells.count else { throw Self.exhausted(index) }
        guard cells[index].kind != .null else {
            index += 1
            return nil
        }
        return try read(&self)
    }

    /// Whether the next column is NULL, which it then skips.
    @inlinable
    public mutating func skipsNull() throws(PrismaError) -> Bool {
        guard index < cells.count else { throw Self.exhausted(index) }
        guard cells[index].kind == .null else { return false }
        index += 1
        return true
    }

    public mutating func intIfPresent() throws(PrismaError) -> Int? { try skipsNull() ? nil : try int() }
    public mutating func int64IfPresent() throws(PrismaError) -> Int64? { try skipsNull() ? nil : try int64() }
    public mutating func doubleIfPresent() throws(PrismaError) -> Double? { try skipsNull() ? nil : try double() }
    public mutating func boolIfPresent() throws(PrismaError) -> Bool? { try skipsNull() ? nil : try bool() }
    public mutating func stringIfPresent() throws(PrismaError) -> String? { try skipsNull() ? nil : try string() }
    public mutating func dateIfPresent() throws(PrismaError) -> Date? { try skipsNull() ? nil : try date() }
    public mutating func dataIfPresent() throws(PrismaError) -> Data? { try skipsNull() ? nil : try data() }
    public mutating func decimalIfPresent() throws(PrismaError) -> Decimal? { try skipsNull() ? nil : try decimal() }

    /// Reads the next column as a scalar list.
    public mutating func list<Value>(
        _ read: (inout SQLRow) throws(PrismaError) -> Value
    ) throws(PrismaError) -> [Value] {
        let cell = try cell()
        switch cell.kind {
        case .null:
            return []
        case .list:
            guard let start = cell.pointer?.assumingMemoryBound(to: SQLCell.self), cell.count > 0 else { return [] }
            var row = SQLRow(cells: UnsafeBufferPointer(start: start, count: cell.count))
            var values: [Value] = []
            values.reserveCapacity(cell.count)
            for _ in 0..<cell.count { values.append(try read(&row)) }
            return values
        default:
            throw Self.mismatch(cell, "a list", at: index - 1)
        }
    }
}

// MARK: - One cell as a Swift value

extension SQLRow {
    @usableFromInline
    static func exhausted(_ index: Int) -> PrismaError {
        PrismaError(
            .invalidStoredValue, "The row has no column \(index + 1).",
            help: "Run `prisml generate`: the client and the query disagree."
        )
    }

    @usableFromInline
    static func mismatch(_ cell: SQLCell, _ wanted: String, at index: Int) -> PrismaError {
        let found =
            switch cell.kind {
            case .null: "NULL"
            case .integer: "an integer"
            case .real: "a floating-point number"
            case .boolean: "a boolean"
            case .text: "text"
            case .bytes: "bytes"
            case .timestamp: "a timestamp"
            case .list: "a list"
            }
        return PrismaError(
            .invalidStoredValue,
            "Column \(index + 1) of the row should be \(wanted) but the database holds \(found).",
            fields: ["#\(index)"],
            help: cell.kind == .null
                ? "Make the field optional in the schema, or fill the column." : "Correct the stored value or the field's type."
        )
    }

    @usableFromInline
    static func int64(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Int64 {
        switch cell.kind {
        case .integer, .boolean:
            return cell.integer
        case .real:
            // SQLite's numeric affinity keeps 3.0 as 3, but a computed whole number may arrive as REAL.
            guard let value = Int64(exactly: cell.real) else { throw mismatch(cell, "an integer", at: index) }
            return value
        case .text:
            guard let value = Int64(try string(cell, at: index)) else { throw mismatch(cell, "an integer", at: index) }
            return value
        default:
            throw mismatch(cell, "an integer", at: index)
        }
    }

    @usableFromInline
    static func double(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Double {
        switch cell.kind {
        case .real: return cell.real
        case .integer: return Double(cell.integer)
        case .text:
            guard let value = Double(try string(cell, at: index)) else { throw mismatch(cell, "a number", at: index) }
            return value
        default: throw mismatch(cell, "a number", at: index)
        }
    }

    @usableFromInline
    static func bool(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Bool {
        guard cell.kind == .boolean || cell.kind == .integer, cell.integer == 0 || cell.integer == 1 else {
            throw mismatch(cell, "true or false", at: index)
        }
        return cell.integer == 1
    }

    static func string(_ cell: SQLCell, at index: Int) throws(PrismaError) -> String {
        guard cell.kind == .text else { throw mismatch(cell, "text", at: index) }
        guard let pointer = cell.pointer, cell.count > 0 else { return "" }
        let bytes = UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: UInt8.self), count: cell.count)
        // `String(validating:as:)` is generic at run time and takes several times as long. This one repairs what is not
        // valid, so whatever is not plain ASCII has to be compared with what it was made of.
        var text = String(decoding: bytes, as: UTF8.self)
        guard isASCII(pointer, cell.count) || text.withUTF8({ isSame($0, bytes) }) else {
            throw PrismaError(
                .invalidText, "Column \(index + 1) of the row is not valid UTF-8.", fields: ["#\(index)"],
                help: "Store the value as Bytes, or correct it in the database."
            )
        }
        return text
    }

    private static func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count, let start = left.baseAddress, let other = right.baseAddress else { return false }
        return memcmp(start, other, left.count) == 0
    }

    @inline(__always)
    private static func isASCII(_ pointer: UnsafeRawPointer, _ count: Int) -> Bool {
        var position = 0
        var seen: UInt64 = 0
        while position + 8 <= count {
            seen |= pointer.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            position += 8
        }
        while position < count {
            seen |= UInt64(pointer.load(fromByteOffset: position, as: UInt8.self))
            position += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }

    static func microseconds(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Int64 {
        switch cell.kind {
        case .timestamp:
            return cell.integer
        case .integer:
            // SQLite: Prisma stores milliseconds since 1970.
            let (value, overflow) = cell.integer.multipliedReportingOverflow(by: 1000)
            guard !overflow else { throw mismatch(cell, "a date", at: index) }
            return value
        case .text:
            guard let value = Timestamp.parse(try string(cell, at: index)) else { throw mismatch(cell, "a date", at: index) }
            return value
        default:
            throw mismatch(cell, "a date", at: index)
        }
    }

    static func data(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Data {
        guard cell.kind == .bytes || cell.kind == .text else { throw mismatch(cell, "bytes", at: index) }
        guard let pointer = cell.pointer, cell.count > 0 else { return Data() }
        return Data(bytes: pointer, count: cell.count)
    }

    static func decimal(_ cell: SQLCell, at index: Int) throws(PrismaError) -> Decimal {
        switch cell.kind {
        case .integer:
            return Decimal(cell.integer)
        case .real:
            // The shortest text that reads back as this double is what a person stored: 0.1, not 0.1000000000000000055.
            guard let value = Decimal(string: "\(cell.real)") else { throw mismatch(cell, "a decimal number", at: index) }
            return value
        case .text:
            guard let value = Decimal(string: try string(cell, at: index)) else {
                throw mismatch(cell, "a decimal number", at: index)
            }
            return value
        default:
            throw mismatch(cell, "a decimal number", at: index)
        }
    }
}
