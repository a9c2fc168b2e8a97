import CXGBoost

/// Turns a status of XGBoost's C interface into an error with XGBoost's own words.
func checkXGBoost(_ status: Int32, _ work: @autoclosure () -> String) throws {
    guard status != 0 else { return }
    let text = XGBGetLastError().map { String(cString: $0) } ?? ""
    throw TrainingError(
        .trainerFailed, "XGBoost could not \(work()): \(XGBoostMessage.sentence(of: text))",
        suggestion: "look at the parameters and the features that it names")
}

enum XGBoostMessage {
    /// What XGBoost says, without its clock, its source lines and its stack trace: `[12:00:00] ./src/x.cc:7: reason\nStack trace: …`
    static func sentence(of text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        if let trace = lines.firstIndex(where: { $0.hasPrefix("Stack trace") }) { lines.removeSubrange(trace...) }
        guard var first = lines.first else { return "it gave no reason" }
        if first.hasPrefix("["), let end = first.firstRange(of: "] ") { first = first[end.upperBound...] }
        if let source = first.firstRange(of: ": "),
            first[..<source.lowerBound].contains(".cc:") || first[..<source.lowerBound].contains(".h:")
        {
            first = first[source.upperBound...]
        }
        lines[0] = first
        return lines.joined(separator: " ").trimmingSpaces
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        var rest = Substring(self)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}

/// XGBoost as it is linked here.
package enum XGBoostLibrary {
    /// `1.7.4`, for an artifact's metadata: a model is grown again rather than carried over to another version.
    package static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        XGBoostVersion(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }
}
