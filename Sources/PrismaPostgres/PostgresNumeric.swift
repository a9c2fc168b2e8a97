/// PostgreSQL's `numeric` in binary: digits to the base 10,000, exact to the last place.
enum PostgresNumeric {
    /// The decimal text of a value, with as many places as it has; nil if the bytes are not a numeric.
    static func text(_ bytes: UnsafeRawBufferPointer, in arena: PostgresArena) -> UnsafeMutableRawBufferPointer? {
        guard bytes.count >= 8 else { return nil }
        let count = Int(word(bytes, 0))
        let weight = Int(Int16(bitPattern: word(bytes, 1)))
        let sign = word(bytes, 2)
        let scale = Int(word(bytes, 3) & 0x3FFF)
        guard bytes.count == 8 + 2 * count else { return nil }
        switch sign {
        case 0xC000: return copy("NaN", in: arena)
        case 0xD000: return copy("Infinity", in: arena)
        case 0xF000: return copy("-Infinity", in: arena)
        case 0, 0x4000: break
        default: return nil
        }
        let whole = max(weight + 1, 0)
        let text = arena.allocate(2 + max(whole, 1) * 4 + 1 + scale + 4)
        var length = 0
        func put(_ byte: UInt8) {
            text[length] = byte
            length += 1
        }
        if sign == 0x4000 { put(UInt8(ascii: "-")) }
        let start = length
        for index in 0..<whole {
            let digits = index < count ? Int(word(bytes, 4 + index)) : 0
            for divisor in [1000, 100, 10, 1] {
                let digit = UInt8(truncatingIfNeeded: digits / divisor % 10)
                if digit != 0 || length > start { put(UInt8(ascii: "0") + digit) }
            }
        }
        if length == start { put(UInt8(ascii: "0")) }
        guard scale > 0 else { return UnsafeMutableRawBufferPointer(rebasing: text[..<length]) }
        put(UInt8(ascii: "."))
        for place in 0..<scale {
            // The digit group of this place, counted from the decimal point.
            let index = place / 4 + weight + 1
            let digits = index >= 0 && index < count ? Int(word(bytes, 4 + index)) : 0
            let digit = digits / [1000, 100, 10, 1][place % 4] % 10
            put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
        }
        return UnsafeMutableRawBufferPointer(rebasing: text[..<length])
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    }

    private static func copy(_ word: StaticString, in arena: PostgresArena) -> UnsafeMutableRawBufferPointer {
        let text = arena.allocate(word.utf8CodeUnitCount)
        text.copyMemory(from: UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        return text
    }
}
