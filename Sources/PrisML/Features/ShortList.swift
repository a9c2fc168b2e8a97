import Prisma

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A few texts, found by the bytes of a row's cell without making a string of them.
struct ShortList: Hashable, Sendable {
    private static let mostTexts = 32

    /// The first bytes of each text, as one number.
    private var heads: [UInt64] = []
    private var texts: [[UInt8]] = []
    private var positions: [Int] = []

    /// Nil for more texts than can be looked through faster than hashed.
    init?(_ texts: [String: Int]) {
        guard !texts.isEmpty, texts.count <= Self.mostTexts else { return nil }
        for (text, position) in texts.sorted(by: { $0.value < $1.value }) {
            let bytes = Array(text.utf8)
            heads.append(bytes.withUnsafeBytes { Self.head($0) })
            self.texts.append(bytes)
            positions.append(position)
        }
    }

    /// The place of the text that a cell holds; nil for others, and for those that the same characters in other bytes may be.
    func position(of cell: SQLCell) -> Int? {
        let bytes = UnsafeRawBufferPointer(start: cell.pointer, count: cell.count)
        let head = Self.head(bytes)
        for index in heads.indices where heads[index] == head && texts[index].count == bytes.count {
            let isSame = texts[index].withUnsafeBytes { text in
                guard let text = text.baseAddress, let start = bytes.baseAddress else { return true }
                return memcmp(text, start, bytes.count) == 0
            }
            if isSame { return positions[index] }
        }
        return nil
    }

    @inline(__always)
    private static func head(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        if bytes.count >= 8 { return bytes.loadUnaligned(as: UInt64.self) }
        var head: UInt64 = 0
        for byte in bytes { head = head << 8 | UInt64(byte) }
        return head
    }
}
