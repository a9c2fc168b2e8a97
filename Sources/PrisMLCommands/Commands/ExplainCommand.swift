import Prisma

extension Command {
    private static let code = Parameter<String?>.argument("CODE", "The code of an error, such as P2002")
    private static let markdown = Parameter.flag("markdown", "Print the pages of all codes as one Markdown page")

    private static let json = Parameter.flag("json", "Print it as JSON on standard output")

    static let explain = Command(
        "explain",
        summary: "Say what an error code means, and what helps",
        discussion: "Without a code it lists them all.",
        examples: [
            Example(line: "prisml explain P2002", meaning: "Why a unique constraint fails, and what to do"),
            Example(line: "prisml explain", meaning: "Every code in a line"),
        ],
        parameters: [markdown, json, code]
    ) { context in
        let output = context.output
        if try context[markdown] {
            output.send(ErrorPage.markdown)
        } else if let named = try context[code] {
            guard let page = ErrorPage.page(for: named) else {
                throw CommandError(.unexpectedValue, "there is no error code '\(named)'", next: "'prisml explain' lists them")
            }
            output.send(try context[json] ? page.json.prettyText : page.text(width: min(output.width, 100), style: output.styled))
        } else if try context[json] {
            output.send(JSON.array(ErrorPage.chapters.flatMap(\.pages).map(\.json)).prettyText)
        } else {
            for chapter in ErrorPage.chapters {
                output.heading(chapter.title)
                for page in chapter.pages { output.print("  " + TextLayout.padded(page.code, to: 20) + page.title) }
                output.print()
            }
        }
        return .success
    }
}
