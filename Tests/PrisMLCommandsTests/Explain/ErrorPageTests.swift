import Foundation
import Testing

@testable import PrisMLCommands

@Suite struct ErrorPageTests {
    @Test func `docs/errors.md is up to date`() async throws {
        let page = Project.root.appending(path: "docs/errors.md")
        let run = await ToolRun("explain --markdown")
        #expect(
            try String(contentsOf: page, encoding: .utf8) == run.output,
            "make it anew: swift run prisml explain --markdown > docs/errors.md")
    }

    /// The codes as the libraries declare them, with the files that do.
    @Test(arguments: [
        "Prisma/Errors/PrismaError.swift", "PrisML/PredictorError.swift", "PrisMLTraining/TrainingError.swift", "ONNX/ONNXError.swift",
    ])
    func `Every code of a library has a page`(file: String) throws {
        let source = try String(contentsOf: Project.root.appending(path: "Sources/" + file), encoding: .utf8)
        let declared = source.matches(of: /static let \w+ = \w+\(rawValue: "(\w+)"\)/).map { String($0.output.1) }
        #expect(declared.count > 5)
        for code in declared { #expect(ErrorPage.page(for: code) != nil, "\(code) of \(file)") }
    }

    @Test func `No two pages have one code, and each says what helps`() {
        let pages = ErrorPage.chapters.flatMap(\.pages)
        #expect(Set(pages.map(\.code)).count == pages.count)
        for page in pages {
            #expect(!page.fixes.isEmpty, "\(page.code)")
            #expect((page.fixes + [page.cause]).allSatisfy { $0.hasSuffix(".") }, "\(page.code)")
        }
    }

    @Test func `A page is found in any case, and wraps`() async {
        let run = await ToolRun("explain p2002")
        #expect(run.code == 0)
        #expect(run.output.hasPrefix("P2002: a unique constraint failed\n"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `Without a code all of them are listed`() async {
        let run = await ToolRun("explain")
        #expect(run.code == 0)
        for page in ErrorPage.chapters.flatMap(\.pages) { #expect(run.output.contains("  \(page.code) ")) }
    }

    @Test func `An unknown code is an error that says where to look`() async {
        let run = await ToolRun("explain P9999")
        #expect(run.code == ExitCode.usage.rawValue)
        #expect(run.errors.contains("there is no error code 'P9999'"))
        #expect(run.errors.contains("prisml explain"))
    }
}
