extension Diagnostic {
    /// An array of objects for editors and CI: `path`, `line`, `column`, `length`, `severity`, `code`, `rule`, `message` and, where
    /// there is one, `help`.
    public static func json(_ diagnostics: [Diagnostic]) -> String {
        if diagnostics.isEmpty { return "[]\n" }
        return "[\n" + diagnostics.map { "  " + $0.jsonObject }.joined(separator: ",\n") + "\n]\n"
    }

    private var jsonObject: String {
        var members = [
            "\"path\": \(JSONText.quoted(path))", "\"line\": \(line)", "\"column\": \(column)", "\"length\": \(length)",
            "\"severity\": \(JSONText.quoted(severity.rawValue))", "\"code\": \(JSONText.quoted(code))",
            "\"rule\": \(JSONText.quoted(rule))", "\"message\": \(JSONText.quoted(message))",
        ]
        if let help { members.append("\"help\": \(JSONText.quoted(help))") }
        return "{" + members.joined(separator: ", ") + "}"
    }
}

package enum JSONText {
    /// The text between double quotes, with what JSON does not allow there escaped.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
