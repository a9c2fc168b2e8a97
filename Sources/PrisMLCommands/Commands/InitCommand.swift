import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Command {
    private static let folder = Parameter<String?>.argument("DIR", completion: .folders, "The project's folder, made if it is not there")
    private static let template = Parameter<Template>.option("template", value: "NAME", default: .churn, "What to start from")
    private static let provider = Parameter<NewProject.Provider>.option("provider", value: "NAME", default: .sqlite, "The database")
    private static let place = Parameter<String?>.option(
        "prisml", value: "PATH|URL", shownAs: "the checkout that this prisml was built in", completion: .folders,
        "Where the project finds the PrisML package: a folder, or a git repository")

    private static let json = Parameter.flag("json", "Print what was made as JSON on standard output")

    static let initialize = Command(
        "init",
        summary: "Make a project that builds and runs as it is",
        discussion: """
            Writes a Swift package with a schema, its typed client, a predictor, the project's own tool, sample rows and a test. Nothing \
            that is there is written over.
            """,
        examples: [
            Example(line: "prisml init shop", meaning: "Customers who may leave, on SQLite"),
            Example(line: "prisml init bank --template fraud", meaning: "Payments, with features two relations deep"),
            Example(line: "prisml init segments --template segmentation", meaning: "Four classes, written back in batches"),
            Example(line: "prisml init parcels --template server", meaning: "A plain HTTP server that answers with predictions"),
            Example(line: "prisml init homes --template minimal", meaning: "One table and one predictor"),
            Example(line: "prisml init shop --provider postgresql", meaning: "The same on PostgreSQL"),
        ],
        parameters: [template, provider, place, json, folder]
    ) { context in
        let named = try context[folder] ?? "."
        let path = URL(filePath: context.absolutePath(named)).standardizedFileURL.path
        let project = NewProject(
            template: try context[template], name: name(for: path), provider: try context[provider], package: try packagePlace(in: context))
        let files = try project.files()
        let taken = files.map(\.path).filter { TextFile.kind(of: "\(path)/\($0)") != nil }
        guard taken.isEmpty else {
            throw CommandError(
                .file, "'\(named)' has \(taken.count == 1 ? "a file" : "files") of the project already: " + taken.joined(separator: ", "),
                next: "choose an empty folder")
        }
        for file in files { try write(file.text, to: "\(path)/\(file.path)", named: "\(named)/\(file.path)") }
        let written = try await generate(in: path, context)
        if try context[json] {
            let answer: JSON = [
                "name": .string(project.name), "folder": .string(path), "template": .string(project.template.rawValue),
                "files": .int(Int64(files.count + written)), "next": .array(project.template.steps.map(JSON.string)),
            ]
            context.output.send(answer.prettyText)
            return .success
        }
        context.output.tick("made \(project.name) in \(named): \(Count.text(files.count + written, "file"))")
        context.output.print("next:")
        for step in (named == "." ? [] : ["cd \(named)"]) + environment(project) + project.template.steps {
            context.output.print(context.output.styled("  " + step, .code))
        }
        return .success
    }

    private static func environment(_ project: NewProject) -> [String] {
        project.provider == .postgresql ? ["export DATABASE_URL=postgresql://localhost:5432/\(project.name)"] : []
    }

    private static func packagePlace(in context: CommandContext) throws(CommandError) -> PackagePlace {
        if let place = try context[place] {
            if place.contains("://") || place.hasPrefix("git@") { return PackagePlace(repository: place) }
            let folder = URL(filePath: context.absolutePath(place)).standardizedFileURL.path
            guard TextFile.kind(of: folder + "/Package.swift") == .file else {
                throw CommandError(.file, "there is no Swift package in '\(place)'", next: "name the folder of a checkout of PrisML")
            }
            return PackagePlace(folder: folder)
        }
        if let found = context.environment.program.flatMap(PackagePlace.init(ofProgram:)) { return found }
        throw CommandError(
            .missingArgument, "this prisml was not built in a checkout, so the project would not find the package",
            next: "name a checkout or a git repository of it with --prisml PATH|URL")
    }

    /// A name that a package and a database can have.
    private static func name(for path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        let name = String(last.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" ? $0 : "-" })
        return name.isEmpty || name == "prisml" ? "project" : name
    }

    private static func write(_ text: String, to path: String, named: String) throws(CommandError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandError(.file, "cannot make the folder of '\(named)'", next: "check the permissions of the folder above")
        }
        try TextFile.replace(path, named: named, with: Array(text.utf8))
    }

    /// Runs `prisml generate` in the new project; the number of files it wrote.
    private static func generate(in folder: String, _ context: CommandContext) async throws -> Int {
        let lines = LineCount()
        var environment = context.environment
        environment.arguments = ["generate"]
        environment.workingDirectory = folder
        environment.output = OutputTarget { lines.add($0) }
        let code = await PrisMLTool().run(in: environment)
        guard code == .success else { throw CommandError(.defect, "the client of the new project cannot be generated") }
        return lines.value
    }
}
