/// Numbers as a person reads them: four figures, no digits that mean nothing, the same in every language's settings.
package enum Figures {
    package static func short(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
        guard value != 0 else { return "0" }
        let size = value.magnitude
        guard size < 1e15 else { return "\(value)" }
        // So many decimals that four figures are shown, and never a rounding of whole numbers.
        var decimals = 3
        var limit = 1.0
        while size < limit, decimals < 12 {
            decimals += 1
            limit /= 10
        }
        limit = 10
        while size >= limit, decimals > 0 {
            decimals -= 1
            limit *= 10
        }
        return fixed(value, decimals: decimals, trimmed: true)
    }

    /// So many decimals, without an exponent.
    package static func fixed(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
        let scale = (0..<max(decimals, 0)).reduce(1.0) { product, _ in product * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard value.isFinite, scaled < 9e18 else { return "\(value)" }
        let whole = Int64(scaled)
        let unit = Int64(scale)
        var text = "\(whole / unit)"
        if decimals > 0 {
            var part = "\(whole % unit)"
            part = String(repeating: "0", count: decimals - part.count) + part
            if trimmed { while part.last == "0" { part.removeLast() } }
            if !part.isEmpty { text += "." + part }
        }
        return value < 0 && whole != 0 ? "-" + text : text
    }

    /// `73.1 %`
    package static func percent(_ share: Double) -> String {
        "\(fixed(share * 100, decimals: 1, trimmed: true)) %"
    }
}
