extension Command {
    private static let code = Parameter<String?>.argument("CODE", "The code of an error, such as P2002")
    private static let markdown = Parameter.flag("markdown", "Print the pages of all codes as one Markdown page")

    static let explain = Command(
        "explain",
        summary: "Say what an error code means, and what helps",
        discussion: "Without a code it lists them all.",
        examples: [
            Example(line: "prisml explain P2002", meaning: "Why a unique constraint fails, and what to do"),
            Example(line: "prisml explain", meaning: "Every code in a line"),
        ],
        parameters: [markdown, code]
    ) { context in
        let output = context.output
        if try context[markdown] {
            output.send(ErrorPage.markdown)
        } else if let named = try context[code] {
            guard let page = ErrorPage.page(for: named) else {
                throw CommandError(.unexpectedValue, "there is no error code '\(named)'", next: "'prisml explain' lists them")
            }
            output.send(page.text(width: min(output.width, 100), style: output.styled))
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
