import Prisma

/// What is known about one error code: why it comes up, and what helps.
///
/// `prisml explain CODE` prints one; `prisml explain --markdown` prints all of them, which is docs/errors.md.
struct ErrorPage: Sendable {
    let code: String
    let title: String
    /// Why it comes up.
    let cause: String
    /// What to do, the likeliest first.
    let fixes: [String]

    init(_ code: String, _ title: String, _ cause: String, fix fixes: String...) {
        self.code = code
        self.title = title
        self.cause = cause
        self.fixes = fixes
    }

    /// The codes of one library, and what throws them.
    struct Chapter: Sendable {
        let title: String
        let introduction: String
        let pages: [ErrorPage]
    }

    /// All pages, in the order of docs/errors.md.
    static let chapters = [connections, queries, databases, predictors, trainings, models]

    static func page(for code: String) -> ErrorPage? {
        chapters.lazy.flatMap(\.pages).first { $0.code.lowercased() == code.lowercased() }
    }
}

extension ErrorPage {
    func text(width: Int, style: (String, Style) -> String) -> String {
        var lines = [style("\(code): \(title)", .bold), ""]
        lines += TextLayout.wrapped(cause, to: width)
        lines.append("")
        for fix in fixes {
            for (index, line) in TextLayout.wrapped(fix, to: width - 2).enumerated() { lines.append((index == 0 ? "- " : "  ") + line) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var json: JSON {
        ["code": .string(code), "title": .string(title), "cause": .string(cause), "fixes": .array(fixes.map(JSON.string))]
    }

    private var markdown: String {
        "### \(code)\n\n**\(title).** \(cause)\n\n" + fixes.map { "- \($0)\n" }.joined()
    }

    /// docs/errors.md.
    static var markdown: String {
        var page = """
            # Errors

            <!-- Written by `prisml explain --markdown`. -->

            Every error says what happened, where, and what to do next, and has a code that stays the same between versions. This page has \
            a section for each code; `prisml explain CODE` prints it in a terminal. In Swift the error types are `PrismaError`, \
            `PredictorError`, `TrainingError` and `ONNXError`, each with a `code` to compare with `==`.

            """
        for chapter in chapters {
            page += "\n## \(chapter.title)\n\n\(chapter.introduction)\n\n"
            page += chapter.pages.map(\.markdown).joined(separator: "\n")
        }
        return page
    }
}
