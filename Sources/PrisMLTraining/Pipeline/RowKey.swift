import Prisma

/// The primary key of a row, with room that is used again for the next one.
struct RowKey {
    /// The key's values, in the order of its fields.
    var values: [SQLValue] = []
    /// What the row's share of the split follows from.
    private(set) var bytes: [UInt8] = []

    mutating func read(_ row: inout SQLRow, _ types: [ValueType]) throws(PrismaError) {
        values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        for type in types {
            let value = try row.value(of: type)
            values.append(value)
            // Spelled as Swift prints the value, without the cost of doing so: the splits of trained versions follow from it.
            switch value {
            case .int(let number):
                bytes.append(contentsOf: "int(".utf8)
                bytes.append(digitsOf: number)
                bytes.append(contentsOf: ")\u{1F}".utf8)
            case .text(let text): bytes.append(contentsOf: "text(\(text.debugDescription))\u{1F}".utf8)
            default: bytes.append(contentsOf: "\(value)\u{1F}".utf8)
            }
        }
    }
}

extension [UInt8] {
    /// A whole number in decimal, as Swift prints it.
    fileprivate mutating func append(digitsOf number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
