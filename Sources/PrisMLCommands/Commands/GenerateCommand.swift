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
        ],
        parameters: [SchemaSource.option, output, check, SchemaSource.argument]
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
        var stale = 0
        for client in clients {
            stale += try context[check] ? client.report(in: context) : client.write(in: context)
        }
        return try context[check] && stale > 0 ? .input : .success
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

    /// Writes what differs; the number of files that changed.
    func write(in context: CommandContext) throws -> Int {
        let folder = context.absolutePath(directory)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandError(
                .file, "cannot make the folder '\(directory)'", next: "check its permissions, or choose another with --output DIR")
        }
        var changed = 0
        for file in files where existing(file.name, in: folder) != Array(file.contents.utf8) {
            try TextFile.replace("\(folder)/\(file.name)", named: "\(directory)/\(file.name)", with: Array(file.contents.utf8))
            context.output.tick("wrote \(directory)/\(file.name)")
            changed += 1
        }
        for name in leftovers(in: folder) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            context.output.tick("removed \(directory)/\(name), whose model is gone")
            changed += 1
        }
        if changed == 0 { context.output.tick("\(directory) was up to date already") }
        return changed
    }

    /// Says what differs; the number of files that do.
    func report(in context: CommandContext) -> Int {
        let folder = context.absolutePath(directory)
        let stale = files.filter { existing($0.name, in: folder) != Array($0.contents.utf8) }.map(\.name) + leftovers(in: folder)
        for name in stale { context.errors.cross("\(directory)/\(name) is not up to date") }
        if stale.isEmpty {
            context.output.tick("\(directory) is up to date")
        } else {
            context.errors.help("'prisml generate' writes it")
        }
        return stale.count
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
