import FoundationEssentials
import PrismaSchema

/// Writes values of a schema as SQL literals, spelled as Prisma spells them.
struct DefaultLiteral {
    let provider: Provider

    func text(_ text: String) -> String {
        // By scalars: a quote that an accent follows is a quote to the database.
        text.unicodeScalars.reduce(into: "'") { $0.unicodeScalars += $1 == "'" ? ["'", "'"] : [$1] } + "'"
    }

    /// The digits as written, without signs and zeros that say nothing.
    func number(_ digits: String) -> String {
        let isNegative = digits.hasPrefix("-")
        let unsigned = isNegative || digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
        let kept = unsigned.drop { $0 == "0" }
        let number = kept.first.map { $0 == "." } ?? true ? "0" + kept : String(kept)
        return isNegative && number.contains { ("1"..."9").contains($0) } ? "-" + number : number
    }

    /// `2024-02-29T12:00:00.5Z` as `'2024-02-29 12:00:00.500 +00:00'`
    func dateTime(_ text: String) -> String {
        let clock = 11..<19
        guard text.utf8.count >= 20, let zone = zone(of: text) else { return self.text(text) }
        let characters = Array(text)
        guard characters.count == text.utf8.count else { return self.text(text) }
        let fraction = characters[clock.upperBound...].dropFirst().prefix { $0.isNumber }
        let isFraction = characters[clock.upperBound] == "."
        return self.text(
            String(characters[..<10]) + " " + String(characters[clock]) + (isFraction ? Self.fraction(fraction) : "") + " " + zone)
    }

    private func zone(of text: String) -> String? {
        if text.hasSuffix("Z") || text.hasSuffix("z") { return "+00:00" }
        let zone = text.suffix(6)
        guard zone.hasPrefix("+") || zone.hasPrefix("-") else { return nil }
        return zone == "-00:00" ? "+00:00" : String(zone)
    }

    /// Thousandths, millionths or billionths: as few groups as hold it, and at most a billionth.
    private static func fraction(_ digits: some Collection<Character>) -> String {
        var groups = String(digits.prefix(9))
        groups += String(repeating: "0", count: 9 - groups.count)
        while groups.hasSuffix("000") { groups.removeLast(3) }
        return groups.isEmpty ? "" : "." + groups
    }

    /// - Parameter text: Base64, as it stands in the schema.
    func bytes(_ text: String) -> String {
        let digits = Array("0123456789abcdef")
        let hexadecimal = (Data(base64Encoded: text) ?? Data()).reduce(into: "") { result, byte in
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return provider == .sqlite ? "X'\(hexadecimal)'" : "'\\x\(hexadecimal)'"
    }
}
