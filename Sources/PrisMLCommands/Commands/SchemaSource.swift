import PrismaSchema

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The schema that a command works on: a file, the files of a folder, or standard input.
struct SchemaSource: Sendable {
    struct File: Sendable {
        /// As the user knows it; diagnostics use it.
        let name: String
        /// Where it is, nil for standard input.
        let path: String?
        let bytes: [UInt8]
    }

    private init(name: String, files: [File]) {
        self.name = name
        self.files = files
    }

    /// What the user named, or the default place that was found.
    let name: String
    let files: [File]

    /// `--schema PATH`, for every command that reads a schema.
    static let option = Parameter<String?>.option(
        "schema", value: "PATH", shownAs: defaultPlaces.joined(separator: ", "), completion: .files,
        "The schema: a file, a folder of files, or - for standard input")

    /// The same as an argument, for commands whose subject is the schema.
    static let argument = Parameter<String?>.argument("PATH", completion: .files, "The same as --schema PATH")

    static let defaultPlaces = ["prisma/schema.prisma", "schema.prisma", "prisma/schema"]

    /// What the library reads.
    var sources: [SourceFile] {
        files.map { SourceFile(path: $0.name, bytes: $0.bytes) }
    }
}

extension SchemaSource {
    /// The schema, with its warnings told; an invalid one is thrown with everything that is wrong with it.
    func read(in context: CommandContext) throws(SchemaError) -> Schema {
        let schema = try Schema(files: sources)
        Problems(.success(schema)).print(on: context.errors)
        return schema
    }

    /// Reads the schema of a command that takes `SchemaSource.option` and `SchemaSource.argument`.
    static func named(in context: CommandContext) throws -> SchemaSource {
        let option = try context[option]
        let argument = try context[argument]
        if let option, let argument {
            throw CommandError(.conflictingOptions, "the schema is named twice: --schema '\(option)' and '\(argument)'")
        }
        return try SchemaSource(option ?? argument, context: context)
    }

    /// - Parameter path: what the user named; nil is the project's schema, or looks in the default places.
    init(_ path: String?, context: CommandContext) throws {
        switch path ?? context.project?.schema {
        case ""?:
            // An unset variable in a script must not come to mean the folder that the script is in.
            throw CommandError(.invalidValue, "the path of the schema is empty", next: "name a file or a folder, or leave it out")
        case "-":
            let name = "<stdin>"
            self.init(name: name, files: [File(name: name, path: nil, bytes: try context.environment.readInput())])
        case let path?:
            try self.init(at: path, context: context)
        case nil:
            guard let place = Self.defaultPlaces.first(where: { TextFile.kind(of: context.absolutePath($0)) != nil }) else {
                throw CommandError(
                    .file, "there is no schema here",
                    next: "name one with --schema PATH; looked for " + Self.defaultPlaces.joined(separator: ", "))
            }
            try self.init(at: place, context: context)
        }
    }

    private init(at path: String, context: CommandContext) throws {
        let absolute = context.absolutePath(path)
        if TextFile.kind(of: absolute) == .folder {
            let names = Self.schemaFiles(under: absolute)
            if names.isEmpty { throw CommandError(.file, "the folder '\(path)' has no .prisma files") }
            let prefix = path.hasSuffix("/") ? path : path + "/"
            self.init(name: path, files: try names.map { try Self.file(prefix + $0, at: absolute + "/" + $0) })
        } else {
            self.init(name: path, files: [try Self.file(path, at: absolute)])
        }
    }

    private static func file(_ name: String, at path: String) throws(CommandError) -> File {
        File(name: TextLayout.harmless(name), path: path, bytes: try TextFile.read(path, named: name))
    }

    /// The `.prisma` files of a folder and of the folders in it, ordered by name so that every machine reads the same schema.
    private static func schemaFiles(under folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { name -> [String] in
            let path = folder + "/" + name
            // Linked folders may lead back here, and packages bring schemas of their own.
            if TextFile.kind(of: path) == .folder {
                return name.hasPrefix(".") || name == "node_modules" || TextFile.isLink(path)
                    ? [] : schemaFiles(under: path).map { "\(name)/\($0)" }
            }
            return name.hasSuffix(".prisma") ? [name] : []
        }
    }
}
