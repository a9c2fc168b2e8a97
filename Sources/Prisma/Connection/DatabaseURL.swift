public import FoundationEssentials
public import PrismaSchema

extension Schema {
    /// The database's URL: the one that is given, else the schema's (a text or an environment variable), else `DATABASE_URL`.
    public func databaseURL(
        explicit url: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(PrismaError) -> String {
        if let url, !url.isEmpty { return url }
        switch datasource?.url {
        case .literal(let url): return url
        case .environment(let name):
            if let url = environment[name], !url.isEmpty { return url }
            throw PrismaError(
                .invalidURL, "The schema takes the database's URL from the environment variable \(name), which is not set.",
                help: "Set \(name), or pass `url:`.")
        case nil:
            if let url = environment["DATABASE_URL"], !url.isEmpty { return url }
            throw PrismaError(
                .invalidURL, "The schema's datasource has no URL.", help: "Set DATABASE_URL, or pass `url:`.")
        }
    }
}
