import PrismaSchema

/// A project as `prisml init` writes it: a template's files, with its name, its database and the place of PrisML put in.
struct NewProject {
    let template: Template
    let name: String
    let provider: Provider
    let package: PackagePlace

    enum Provider: String, CaseIterable, ArgumentValue {
        case sqlite, postgresql
    }

    /// The files by their path in the project; the generated client is not among them.
    func files() throws(CommandError) -> [(path: String, text: String)] {
        var files: [(path: String, text: String)] = []
        for (path, text) in (Template.files[template] ?? [:]).sorted(by: { $0.key < $1.key }) {
            var text = text
            for change in changes(of: path) {
                guard text.contains(change.old) else {
                    throw CommandError(.defect, "the template's \(path) has no \(change.old)")
                }
                text = text.replacing(change.old, with: change.new)
            }
            files.append((path, text))
        }
        return files
    }

    private typealias Change = (old: String, new: String)

    private func changes(of path: String) -> [Change] {
        switch path {
        case "Package.swift":
            [
                ("name: \"\(template.rawValue)\"", "name: \"\(name)\""),
                (".package(name: \"prisml\", path: \"../..\")", package.dependency),
                ("package: \"prisml\"", "package: \"\(package.identity)\""),
            ] + (provider == .postgresql ? [("\"PrismaSQLite\"", "\"PrismaPostgres\"")] : [])
        case "README.md":
            [("# \(template.rawValue)\n", "# \(name)\n")]
                + (provider == .postgresql ? [("```console\n", Self.postgresIntroduction(name) + "```console\n")] : [])
        case "prisma/schema.prisma" where provider == .postgresql:
            [("\"sqlite\"", "\"postgresql\""), (Self.url(template), "env(\"DATABASE_URL\")")]
        case _ where path.hasPrefix("Tests/") && provider == .postgresql:
            [
                ("@Test func", "@Test(.enabled(if: ProcessInfo.processInfo.environment[\"TEST_DATABASE_URL\"] != nil))\nfunc"),
                ("on a database of its own", "on the database of TEST_DATABASE_URL, which is emptied first"),
                ("\"file:\\(folder)/test.db\"", "try #require(ProcessInfo.processInfo.environment[\"TEST_DATABASE_URL\"])"),
                ("\"push\", ", "\"push\", \"--force-reset\", "),
            ]
        default: []
        }
    }

    private static func url(_ template: Template) -> String {
        switch template {
        case .churn: "\"file:./shop.db\""
        case .fraud: "\"file:./payments.db\""
        case .segmentation: "\"file:./shoppers.db\""
        case .server: "\"file:./parcels.db\""
        case .minimal: "\"file:./homes.db\""
        }
    }

    private static func postgresIntroduction(_ name: String) -> String {
        """
        The database is PostgreSQL, and the environment says where; it is made if the server does not have it:

        ```console
        $ export DATABASE_URL=postgresql://localhost:5432/\(name)
        ```


        """
    }
}

/// Where a new project finds PrisML.
struct PackagePlace: Hashable {
    /// The line of the package's dependencies.
    let dependency: String
    /// What products are asked of.
    let identity: String

    /// A folder, absolute.
    init(folder: String) {
        dependency = ".package(name: \"prisml\", path: \(Self.literal(folder)))"
        identity = "prisml"
    }

    /// A git repository.
    init(repository: String) {
        dependency = ".package(url: \(Self.literal(repository)), branch: \"main\")"
        let last = repository.split(separator: "/").last.map(String.init) ?? "prisml"
        identity = last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    private static func literal(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// The checkout of PrisML that a program was built in; nil for one that was installed elsewhere.
    init?(ofProgram path: String) {
        var folder = path[...]
        while let end = folder.lastIndex(of: "/") {
            folder = folder[..<end]
            let manifest = String(folder) + "/Package.swift"
            if TextFile.kind(of: manifest) == .file, let bytes = try? TextFile.read(manifest, named: manifest),
                String(decoding: bytes, as: UTF8.self).contains("name: \"prisml\",\n")
            {
                self.init(folder: String(folder))
                return
            }
        }
        return nil
    }
}
