import Prisma
import PrismaGenerator
import PrismaSchema

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Command {
    private static let check = Parameter.flag("check", "Change nothing; exit with 1 if the generated files are not up to date")
    private static let output = Parameter<String?>.option(
        "output", value: "DIR", completion: .files, "The folder to write to, instead of the generator block's `output`")

    private static let json = Parameter.flag("json", "Print what was done as JSON on standard output")

    static let generate = Command(
        "generate",
        summary: "Write the typed Swift client of a schema",
        discussion: """
            One file for each model and PrismaClient.swift, into the folder that the generator block with \
            provider = "prisml-swift" names as output, relative to the schema. Files are written only when their content changes; \
            generated files of models that are gone are removed.
            """,
        examples: [
            Example(line: "prisml generate", meaning: "Bring the client up to date with the schema"),
            Example(line: "prisml generate --check", meaning: "Fail in CI when someone forgot to"),
            Example(line: "prisml generate --json", meaning: "Tell a program which files were written"),
        ],
        parameters: [SchemaSource.option, output, check, json, SchemaSource.argument]
    ) { context in
        let source = try SchemaSource.named(in: context)
        let schema: Schema
        do throws(SchemaError) {
            schema = try Schema(files: source.sources)
        } catch {
            let problems = Problems(.failure(error))
            problems.print(on: context.errors)
            context.errors.cross("\(source.name) has \(problems.summary)")
            return .input
        }
        let folder = source.folder
        var clients: [GeneratedClient] = []
        if let directory = try context[output] {
            clients = [try GeneratedClient(schema, source, generator: nil, directory: directory)]
        } else {
            for generator in schema.generators where generator.provider == "prisml-swift" {
                clients.append(
                    try GeneratedClient(schema, source, generator: generator, directory: joined(folder, generator.output ?? "../Generated"))
                )
            }
        }
        guard !clients.isEmpty else {
            throw CommandError(
                .file, "the schema has no generator for Swift",
                next: "add: generator client { provider = \"prisml-swift\"  output = \"../Sources/App/Generated\" }, or use --output DIR")
        }
        let (checks, asJSON) = (try context[check], try context[json])
        var changes: [GeneratedClient.Change] = []
        for client in clients {
            let found = client.changes(in: context)
            if !checks { try client.apply(found, in: context) }
            if !asJSON { client.tell(found, checks: checks, in: context) }
            changes += found
        }
        if asJSON { context.output.send(JSON.array(changes.map(\.json)).prettyText) }
        return checks && !changes.isEmpty ? .input : .success
    }

    private static func joined(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        // `prisma` and `../Sources` is `Sources`, as a person would write it.
        var parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, !["", ".", ".."].contains(last) { parts.removeLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

extension SchemaSource {
    /// The folder that paths in the schema are relative to; empty for the working directory.
    var folder: String {
        guard let first = files.first, first.path != nil else { return "" }
        return first.name.lastIndex(of: "/").map { String(first.name[..<$0]) } ?? ""
    }
}

/// A client's files as they should be, beside those that are there.
private struct GeneratedClient {
    let directory: String
    let files: [GeneratedFile]

    init(_ schema: Schema, _ source: SchemaSource, generator: Generator?, directory: String) throws {
        self.directory = directory
        var options = ClientGenerator.Options()
        options.schemaDirectory = source.folder
        if case .string(let access)? = generator?.setting(named: "access") {
            guard ["public", "package", "internal"].contains(access) else {
                throw CommandError(.file, "access is \"\(access)\" in the generator block", next: "use public, package or internal")
            }
            options.access = access
        }
        let text = source.sources.map(\.text).joined(separator: "\n")
        do {
            files = try ClientGenerator(schema: schema, schemaText: text, options: options).files()
        } catch {
            throw CommandError(.file, error.message, next: error.help)
        }
    }

    /// A file that is not as it should be.
    struct Change {
        /// The file's path as a person would write it.
        let path: String
        /// What it should hold; nil if it should not be there.
        let contents: String?

        var json: JSON { ["path": .string(path), "change": contents == nil ? "remove" : "write"] }
    }

    func changes(in context: CommandContext) -> [Change] {
        let folder = context.absolutePath(directory)
        let stale = files.filter { existing($0.name, in: folder) != Array($0.contents.utf8) }
        return stale.map { Change(path: "\(directory)/\($0.name)", contents: $0.contents) }
            + leftovers(in: folder).map { Change(path: "\(directory)/\($0)", contents: nil) }
    }

    func apply(_ changes: [Change], in context: CommandContext) throws {
        do {
            try FileManager.default.createDirectory(atPath: context.absolutePath(directory), withIntermediateDirectories: true)
        } catch {
            throw CommandError(
                .file, "cannot make the folder '\(directory)'", next: "check its permissions, or choose another with --output DIR")
        }
        for change in changes {
            let path = context.absolutePath(change.path)
            if let contents = change.contents {
                try TextFile.replace(path, named: change.path, with: Array(contents.utf8))
            } else {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    /// Says what was done, or with `--check` what is to be done.
    func tell(_ changes: [Change], checks: Bool, in context: CommandContext) {
        for change in changes {
            if checks {
                context.errors.cross("\(change.path) is not up to date")
            } else {
                context.output.tick(change.contents == nil ? "removed \(change.path), whose model is gone" : "wrote \(change.path)")
            }
        }
        if changes.isEmpty {
            context.output.tick(checks ? "\(directory) is up to date" : "\(directory) was up to date already")
        } else if checks {
            context.errors.help("'prisml generate' writes it")
        }
    }

    private func existing(_ name: String, in folder: String) -> [UInt8]? {
        let path = "\(folder)/\(name)"
        guard TextFile.kind(of: path) == .file else { return nil }
        return try? TextFile.read(path, named: name)
    }

    /// Files that an earlier run wrote and this one would not.
    private func leftovers(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let current = Set(files.map(\.name))
        return names.sorted().filter { name in
            guard name.hasSuffix(".swift"), !current.contains(name), let bytes = existing(name, in: folder) else { return false }
            return bytes.starts(with: "// Generated by `prisml generate`".utf8)
        }
    }
}
