internal import Synchronization

/// The identifiers that Prisma clients make for `@default(uuid())` and its relatives.
enum Identifiers {
    static func uuid4() -> String { uuid(version: 4, high: .random(in: 0...UInt64.max), low: .random(in: 0...UInt64.max)) }

    /// Starts with the time, so that ids made later sort later.
    static func uuid7(milliseconds: Int64) -> String {
        uuid(
            version: 7, high: UInt64(bitPattern: milliseconds) << 16 | .random(in: 0...0xFFFF), low: .random(in: 0...UInt64.max))
    }

    private static func uuid(version: UInt64, high: UInt64, low: UInt64) -> String {
        let high = high & 0xFFFF_FFFF_FFFF_0FFF | version << 12
        let low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Array((hex(high) + hex(low)).utf8)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static let counter = Mutex(UInt32.random(in: 0..<1_679_616))

    /// `c`, the time, a counter, a fingerprint and random digits, in base 36.
    static func cuid(milliseconds: Int64) -> String {
        let count = counter.withLock { count in
            count = (count + 1) % 1_679_616
            return count
        }
        return "c" + base36(UInt64(bitPattern: milliseconds), 8) + base36(UInt64(count), 4) + fingerprint + random36(8)
    }

    private static let fingerprint = random36(4)

    /// A letter and 23 digits of base 36 that cannot be guessed.
    static func cuid2(milliseconds: Int64) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        let first = letters[Int.random(in: 0..<26)]
        let digest = SHA256.hex("\(milliseconds)" + random36(32))
        // The digest's 256 bits as digits of base 36, eight bytes at a time.
        let digits = stride(from: 0, to: 64, by: 16).map { start in
            let part = String(decoding: Array(digest.utf8)[start..<start + 16], as: UTF8.self)
            return base36(UInt64(part, radix: 16) ?? 0, 12)
        }.joined()
        return String(decoding: [first], as: UTF8.self) + digits.prefix(23)
    }

    /// 48 bits of time and 80 random bits in Crockford's base 32.
    static func ulid(milliseconds: Int64) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        let time = UInt64(bitPattern: milliseconds) & 0xFFFF_FFFF_FFFF
        var bytes = (0..<10).map { alphabet[Int(time >> UInt64((9 - $0) * 5) & 31)] }
        for _ in 0..<16 { bytes.append(alphabet[Int.random(in: 0..<32)]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func nanoid(length: Int) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-".utf8)
        return String(decoding: (0..<max(0, length)).map { _ in alphabet[Int.random(in: 0..<64)] }, as: UTF8.self)
    }

    private static func base36(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 36)
        return String((String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits).suffix(width))
    }

    private static func random36(_ count: Int) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return String(decoding: (0..<count).map { _ in alphabet[Int.random(in: 0..<36)] }, as: UTF8.self)
    }
}
