/// What names may be.
extension Reader {
    mutating func checkName(_ name: Named, of what: String) {
        guard let first = name.text.utf8.first, !isPlain(name.text) else { return }
        let problem: String
        if ASCII.isDigit(first) || first == ASCII.minus {
            problem = "begins with a digit"
        } else if first == ASCII.underscore {
            problem = "begins with '_'"
        } else {
            let odd = name.text.unicodeScalars.first { !$0.isASCII || !ASCII.isNamePart(UInt8($0.value)) || $0 == "-" } ?? "-"
            problem = "contains '\(odd)'"
        }
        report.error(
            .invalidName, name.place, "the name of the \(what) '\(name.text)' \(problem)",
            help: "a name is a letter of a to z, then letters, digits and '_'; "
                + (what == "model" || what == "view" || what == "enum" ? "@@map" : "@map") + " gives the name in the database")
    }

    private func isPlain(_ text: String) -> Bool {
        var isFirst = true
        for byte in text.utf8 {
            if !(ASCII.isLetter(byte) || !isFirst && (ASCII.isDigit(byte) || byte == ASCII.underscore)) { return false }
            isFirst = false
        }
        return true
    }

    mutating func checkReserved(_ name: Named, of kind: Block.Kind) {
        if ScalarType(rawValue: name.text) != nil || name.text == "Unsupported" {
            report.error(
                .reservedName, name.place, "'\(name.text)' is a type of the language and cannot name \(kind.withArticle)",
                help: "choose another name; @@map keeps the name in the database")
        } else if kind != .type, ReservedNames.all.contains(name.text) {
            report.error(
                .reservedName, name.place, "'\(name.text)' is a reserved word and cannot name \(kind.withArticle)",
                help: "choose another name; @@map keeps the name in the database")
        }
    }
}

extension Block.Kind {
    var withArticle: String { self == .enum ? "an enum" : "a \(rawValue)" }
}

/// The words that no model or enum can be named by, because a generated client would not compile: Prisma's list.
enum ReservedNames {
    static let all: Set<String> = [
        "PrismaClient", "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
        "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in",
        "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public", "return", "super", "switch",
        "this", "throw", "true", "try", "typeof", "using", "var", "void", "while", "with", "yield",
    ]
}
