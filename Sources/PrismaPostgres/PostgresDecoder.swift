import Prisma

/// Turns binary values into cells.
///
/// Numbers, booleans and times are in the cell, text and bytes stay where libpq has them, all else is made in the arena.
struct PostgresDecoder {
    let types: PostgresTypes
    let arena = PostgresArena()

    /// The value of one column, which is not NULL.
    func cell(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType, column: Int) throws(PrismaError) -> SQLCell {
        if type.isList { return try list(bytes, type, column: column) }
        switch type.kind {
        case .int4:
            return SQLCell(kind: .integer, integer: Int64(try integer(Int32.self, bytes, column)))
        case .int8:
            return SQLCell(kind: .integer, integer: try integer(Int64.self, bytes, column))
        case .text:
            return SQLCell(kind: .text, pointer: bytes.baseAddress, count: bytes.count)
        case .float8:
            return SQLCell(kind: .real, integer: try integer(Int64.self, bytes, column))
        case .timestamp:
            return SQLCell(kind: .timestamp, integer: try timestamp(try integer(Int64.self, bytes, column), column))
        case .bool:
            return SQLCell(kind: .boolean, integer: Int64(try integer(UInt8.self, bytes, column)))
        case .bytes:
            return SQLCell(kind: .bytes, pointer: bytes.baseAddress, count: bytes.count)
        default:
            return try rareCell(bytes, type, column)
        }
    }

    private func rareCell(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType, _ column: Int) throws(PrismaError) -> SQLCell {
        switch type.kind {
        case .int2:
            return SQLCell(kind: .integer, integer: Int64(try integer(Int16.self, bytes, column)))
        case .oid:
            return SQLCell(kind: .integer, integer: Int64(try integer(UInt32.self, bytes, column)))
        case .float4:
            let float = Float(bitPattern: try integer(UInt32.self, bytes, column))
            return SQLCell(real: Self.widened(float))
        case .jsonb:
            // A version number precedes the text.
            guard bytes.first == 1 else { throw malformed(column) }
            return SQLCell(kind: .text, pointer: bytes.baseAddress.map { $0 + 1 }, count: bytes.count - 1)
        case .uuid:
            guard bytes.count == 16 else { throw malformed(column) }
            return uuid(bytes)
        case .numeric:
            guard let text = PostgresNumeric.text(bytes, in: arena) else { throw malformed(column) }
            return SQLCell(kind: .text, pointer: UnsafeRawPointer(text.baseAddress), count: text.count)
        case .date:
            return SQLCell(kind: .timestamp, integer: try day(try integer(Int32.self, bytes, column), column))
        case .time:
            return SQLCell(kind: .timestamp, integer: try integer(Int64.self, bytes, column))
        case .timetz:
            guard bytes.count == 12 else { throw malformed(column) }
            let time = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            // The zone is in seconds west of UTC.
            let zone = Int64(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
            return SQLCell(kind: .timestamp, integer: time &+ zone &* 1_000_000)
        case .void:
            return SQLCell()
        default:
            throw unsupported(type, column)
        }
    }

    // MARK: - Numbers and times

    @inline(__always)
    private func integer<Value: FixedWidthInteger>(
        _: Value.Type, _ bytes: UnsafeRawBufferPointer, _ column: Int
    ) throws(PrismaError) -> Value {
        guard bytes.count == MemoryLayout<Value>.size else { throw malformed(column) }
        return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
    }

    /// The double that is written like the float: 0.1, not 0.10000000149.
    private static func widened(_ float: Float) -> Double {
        guard float.isFinite else { return Double(float) }
        return Double(float.description) ?? Double(float)
    }

    /// Microseconds since 1970 from microseconds since 2000.
    private func timestamp(_ value: Int64, _ column: Int) throws(PrismaError) -> Int64 {
        guard value != .max, value != .min else { throw infinite(value > 0, column) }
        let (sum, overflow) = value.addingReportingOverflow(946_684_800_000_000)
        guard !overflow else { throw outOfRange(column) }
        return sum
    }

    /// Microseconds since 1970 from days since 2000.
    private func day(_ value: Int32, _ column: Int) throws(PrismaError) -> Int64 {
        guard value != .max, value != .min else { throw infinite(value > 0, column) }
        let (product, overflow) = (Int64(value) + 10957).multipliedReportingOverflow(by: 86_400_000_000)
        guard !overflow else { throw outOfRange(column) }
        return product
    }

    private func uuid(_ bytes: UnsafeRawBufferPointer) -> SQLCell {
        let text = arena.allocate(36)
        var position = 0
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                text[position] = UInt8(ascii: "-")
                position += 1
            }
            text[position] = Self.hexadecimal(byte >> 4)
            text[position + 1] = Self.hexadecimal(byte & 15)
            position += 2
        }
        return SQLCell(kind: .text, pointer: UnsafeRawPointer(text.baseAddress), count: 36)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    // MARK: - Lists

    private func list(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType, column: Int) throws(PrismaError) -> SQLCell {
        if type.kind == .unsupported { throw unsupported(type, column) }
        var reader = Reader(bytes: bytes)
        guard let dimensions = reader.int32(), reader.int32() != nil, let element = reader.int32() else { throw malformed(column) }
        if dimensions == 0 { return SQLCell(kind: .list) }
        guard dimensions == 1 else {
            throw PrismaError(
                .unsupportedFormat, "Column \(column + 1) of the row is an array of \(dimensions) dimensions; lists have one.",
                fields: ["#\(column)"], help: "Cast the column to text, or store the value as Json."
            )
        }
        guard let count = reader.int32(), reader.int32() != nil, count >= 0, Int(count) <= bytes.count / 4 else { throw malformed(column) }
        let elementType = types.find(UInt32(bitPattern: element)) ?? PostgresType(kind: type.kind, name: type.name)
        let memory = arena.allocate(Int(count) * MemoryLayout<SQLCell>.stride)
        let cells = memory.bindMemory(to: SQLCell.self)
        for index in 0..<Int(count) {
            guard let length = reader.int32() else { throw malformed(column) }
            if length < 0 {
                cells.initializeElement(at: index, to: SQLCell())
            } else {
                guard let value = reader.bytes(Int(length)) else { throw malformed(column) }
                cells.initializeElement(at: index, to: try cell(value, elementType, column: column))
            }
        }
        return SQLCell(kind: .list, pointer: UnsafeRawPointer(cells.baseAddress), count: Int(count))
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        mutating func int32() -> Int32? {
            guard position + 4 <= bytes.count else { return nil }
            defer { position += 4 }
            return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int32.self))
        }

        mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count <= bytes.count - position else { return nil }
            defer { position += count }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        }
    }

    // MARK: - Errors

    private func malformed(_ column: Int) -> PrismaError {
        PrismaError(
            .unsupportedFormat, "Column \(column + 1) of the row does not have the format of its type.", fields: ["#\(column)"],
            help: "Cast the column to text."
        )
    }

    private func unsupported(_ type: PostgresType, _ column: Int) -> PrismaError {
        PrismaError(
            .unsupportedFormat, "Column \(column + 1) of the row has the type `\(type.name)`, which is not read directly.",
            fields: ["#\(column)"], help: "Cast the column to text: `column::text`."
        )
    }

    private func infinite(_ isPositive: Bool, _ column: Int) -> PrismaError {
        PrismaError(
            .invalidStoredValue, "Column \(column + 1) of the row holds the date `\(isPositive ? "" : "-")infinity`, which no Date can be.",
            fields: ["#\(column)"], help: "Use NULL for an open end, or cast the column to text."
        )
    }

    private func outOfRange(_ column: Int) -> PrismaError {
        PrismaError(
            .invalidStoredValue, "Column \(column + 1) of the row holds a date beyond the year 294000.", fields: ["#\(column)"],
            help: "Correct the stored value, or cast the column to text."
        )
    }
}
