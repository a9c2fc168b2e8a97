#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension BinaryFloatingPoint {
    /// The number as C's `%g` prints it, which is what ONNX Runtime casts numbers to.
    func text(digits: Int32) -> String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-INF" : "INF" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = withVaList([digits, Double(self)]) { vsnprintf(buffer.baseAddress, buffer.count, "%.*g", $0) }
            return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}

extension Double {
    /// The number that a text is, with the names that ONNX gives to the special ones; nil where it is none.
    init?(parsing text: String) {
        // The standard library reads "inf", "+infinity" and "nan" in any case, and nothing else that is not a number.
        let trimmed = text.utf8.drop { $0 == UInt8(ascii: " ") }
        guard let value = Double(String(decoding: trimmed, as: UTF8.self)) else { return nil }
        self = value
    }
}

extension Float {
    /// The bits of the nearest half-precision number, ties to even.
    var halfBits: UInt16 {
        let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
        if isNaN { return sign | 0x7E00 }
        let size = magnitude
        if size >= 65520 { return sign | 0x7C00 }
        if size < 0x1p-14 {
            // Subnormal: whole multiples of 2^-24.
            return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven))
        }
        let bits = size.bitPattern
        let rounded = bits + 0xFFF + ((bits >> 13) & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
    }
}
