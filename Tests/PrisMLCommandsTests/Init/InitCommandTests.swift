import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct InitCommandTests {
    @Test(arguments: Template.allCases)
    func `The templates are the examples`(template: Template) throws {
        let folder = Project.root.appending(path: "Examples/\(template.rawValue.capitalized)")
        let files = try #require(Template.files[template])
        for (path, text) in files {
            #expect(
                try String(contentsOf: folder.appending(path: path), encoding: .utf8) == text,
                "\(path) differs: run scripts/embed-templates")
        }
        let sources = try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: "Sources").path)
        for path in sources where path.hasSuffix(".swift") && !path.contains("Generated/") {
            #expect(files["Sources/\(path)"] != nil, "\(path) is missing: run scripts/embed-templates")
        }
    }

    static let choices: [(template: Template, provider: NewProject.Provider)] =
        Template.allCases.flatMap { template in NewProject.Provider.allCases.map { (template, $0) } }

    @Test(arguments: choices)
    func `A project is written whole, with its client`(template: Template, provider: NewProject.Provider) async throws {
        let folder = try TemporaryFolder()
        let run = await ToolRun(
            ["init", "my shop", "--template", template.rawValue, "--provider", provider.rawValue, "--prisml", Project.root.path],
            in: folder.path)
        #expect(run.errors == "")
        #expect(run.code == 0)
        #expect(run.output.hasPrefix("✓ made my-shop in my shop: "))
        #expect(run.output.contains("\n  swift run ml train\n"))
        #expect(run.output.contains("DATABASE_URL") == (provider == .postgresql))

        let manifest = try folder.read("my shop/Package.swift")
        #expect(manifest.contains("name: \"my-shop\",\n"))
        #expect(manifest.contains(".package(name: \"prisml\", path: \"\(Project.root.path)\")"))
        let driver = provider == .sqlite ? "PrismaSQLite" : "PrismaPostgres"
        #expect(manifest.contains(driver) && !manifest.contains(provider == .sqlite ? "PrismaPostgres" : "PrismaSQLite"))
        let library =
            [Template.churn: "Shop", .fraud: "Payments", .segmentation: "Shoppers", .server: "Parcels", .minimal: "Homes"][template] ?? ""
        #expect(try folder.read("my shop/Sources/\(library)/Generated/PrismaClient.swift").contains("internal import \(driver)"))
        let validated = await ToolRun(["validate"], in: folder.file("my shop"))
        #expect(validated.code == 0)
        // Up to date at once, and found by `prisml train`.
        #expect(await ToolRun(["generate", "--check"], in: folder.file("my shop")).code == 0)
        let train = await ToolRun(
            ["train"], in: folder.file("my shop"), become: { words, _ in words.contains("ml") ? .success : .defect })
        #expect(train.code == 0)
    }

    @Test func `Nothing is written over`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "README.md")
        let run = await ToolRun(["init", "--prisml", Project.root.path], in: folder.path)
        #expect(run.errors == "error: '.' has a file of the project already: README.md\n help: choose an empty folder\n")
        #expect(run.code == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["README.md"])
    }

    static let places: [(place: String, dependency: String, identity: String)] = [
        ("https://example.com/team/prisml.git", ".package(url: \"https://example.com/team/prisml.git\", branch: \"main\")", "prisml"),
        (
            "git@example.com:team/prisml-swift.git", ".package(url: \"git@example.com:team/prisml-swift.git\", branch: \"main\")",
            "prisml-swift"
        ),
    ]

    @Test(arguments: places)
    func `PrisML can come from a repository`(place: String, dependency: String, identity: String) async throws {
        let folder = try TemporaryFolder()
        let run = await ToolRun(["init", "a", "--template", "minimal", "--prisml", place], in: folder.path)
        #expect(run.code == 0)
        let manifest = try folder.read("a/Package.swift")
        #expect(manifest.contains(dependency))
        #expect(manifest.contains("package: \"\(identity)\")"))
        #expect(!manifest.contains("../.."))
    }

    @Test func `The checkout of a program is found, and asked for where there is none`() async throws {
        #expect(PackagePlace(ofProgram: Project.root.path + "/.build/x/debug/prisml") == PackagePlace(folder: Project.root.path))
        #expect(PackagePlace(ofProgram: "/usr/bin/env") == nil)
        let folder = try TemporaryFolder()
        let unknown = await ToolRun(["init", "a"], in: folder.path)
        #expect(unknown.errors.hasPrefix("error: this prisml was not built in a checkout"))
        let empty = await ToolRun(["init", "a", "--prisml", "."], in: folder.path)
        #expect(empty.errors == "error: there is no Swift package in '.'\n help: name the folder of a checkout of PrisML\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
