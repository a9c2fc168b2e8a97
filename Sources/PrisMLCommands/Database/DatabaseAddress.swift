import PrismaSchema

/// Where the database of a command is.
struct DatabaseAddress: Hashable, Sendable {
    let url: String
    /// Who said so, for messages: `--url`, `DATABASE_URL`.
    let origin: String
    /// The absolute folder that a `file:` URL is relative to: the schema's.
    let folder: String

    /// `--url URL`, for every command that opens a database.
    static let option = Parameter<String?>.option(
        "url", value: "URL", shownAs: "the schema's url, DATABASE_URL, prisml.json",
        "The database: file:./dev.db or postgresql://user:password@host:5432/database")

    /// What a command is going to do with the database.
    enum Purpose {
        case queries
        /// Needs a connection without a pooler between: the schema's `directUrl`, where it has one.
        case migrations
    }

    /// Looks at `--url`, then at the schema's own `url`, then at `DATABASE_URL`, then at `prisml.json`.
    ///
    /// Variables come from the environment, and from a `.env` file beside the schema or in the working directory.
    static func find(
        for schema: Schema, _ source: SchemaSource, purpose: Purpose, in context: CommandContext
    ) throws(CommandError) -> DatabaseAddress {
        let folder = source.absoluteFolder(in: context)
        func address(_ url: String, _ origin: String) -> DatabaseAddress { DatabaseAddress(url: url, origin: origin, folder: folder) }

        if let url = try context[option] { return address(url, "--url") }
        let variables = try variables(beside: folder, in: context)
        let direct = purpose == .migrations ? schema.datasource?.directURL : nil
        switch direct ?? schema.datasource?.url {
        case .literal(let url): return address(url, "the schema")
        case .environment(let name):
            if let url = variables[name], !url.isEmpty { return address(url, name) }
            throw CommandError(
                .database, "the schema takes the database's url from \(name), which is not set",
                next: "set it in the environment or in a .env file beside the schema, or name the database with --url")
        case nil: break
        }
        if let url = variables["DATABASE_URL"], !url.isEmpty { return address(url, "DATABASE_URL") }
        if let url = try ProjectSettings.read(in: context).url, !url.isEmpty { return address(url, ProjectSettings.fileName) }
        throw CommandError(
            .database, "nothing says where the database is",
            next: "name it with --url, in the datasource of the schema, as DATABASE_URL, or in \(ProjectSettings.fileName)")
    }

    /// The environment, and what the `.env` files add to it; the one beside the schema goes first.
    private static func variables(beside folder: String, in context: CommandContext) throws(CommandError) -> [String: String] {
        var variables = context.environment.variables
        var seen: Set<String> = []
        for folder in [folder, context.environment.workingDirectory] where seen.insert(folder).inserted {
            let path = folder + "/.env"
            guard TextFile.kind(of: path) == .file else { continue }
            let bytes = try TextFile.read(path, named: path)
            variables = EnvironmentFile(String(decoding: bytes, as: UTF8.self)).added(to: variables)
        }
        return variables
    }
}

extension SchemaSource {
    /// The absolute folder that paths in the schema are relative to; the working directory for standard input.
    func absoluteFolder(in context: CommandContext) -> String {
        guard let path = files.first?.path, let end = path.lastIndex(of: "/") else { return context.environment.workingDirectory }
        return String(path[..<end])
    }
}
