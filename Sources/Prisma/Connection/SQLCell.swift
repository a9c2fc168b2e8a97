/// One column of the current row, as a view into the driver's buffer.
///
/// A driver fills a row of these without allocating; they are valid until the next row is asked for.
public struct SQLCell {
    public enum Kind: UInt8, Sendable {
        case null
        /// `integer` holds the value.
        case integer
        /// `real` holds the value.
        case real
        /// `integer` is 0 or 1.
        case boolean
        /// UTF-8 at `pointer`, `count` bytes. Also decimals, UUIDs, enums and JSON.
        case text
        /// `count` bytes at `pointer`.
        case bytes
        /// `integer` is microseconds since 1970, UTC.
        case timestamp
        /// `count` cells at `pointer`: a scalar list.
        case list
    }

    public var kind: Kind
    public var integer: Int64
    public var pointer: UnsafeRawPointer?
    public var count: Int

    @inlinable
    public init(kind: Kind = .null, integer: Int64 = 0, pointer: UnsafeRawPointer? = nil, count: Int = 0) {
        self.kind = kind
        self.integer = integer
        self.pointer = pointer
        self.count = count
    }

    @inlinable
    public var real: Double { Double(bitPattern: UInt64(bitPattern: integer)) }

    @inlinable
    public init(real: Double) {
        self.init(kind: .real, integer: Int64(bitPattern: real.bitPattern))
    }
}
