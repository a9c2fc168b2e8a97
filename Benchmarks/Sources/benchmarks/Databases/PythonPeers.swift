import Foundation

/// SQLAlchemy, Django, psycopg and asyncpg in a virtual environment, which is made when it is first needed.
struct PythonPeers {
    struct Line: Decodable {
        var name: String
        var items: Int
        var seconds: [Double]
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python")

    /// Runs all of them on these databases.
    static func run(seconds: Double, sqlite: String, postgres: (folder: String, database: String)?) throws -> [Line] {
        var arguments = ["\(seconds)", sqlite]
        if let postgres { arguments += [postgres.folder, postgres.database] }
        return try run("peers.py", in: try environment(), arguments)
    }

    /// The lines that a script prints, in one of the environments.
    static func run(_ script: String, in python: String, _ arguments: [String]) throws -> [Line] {
        try output(python, [file(script)] + arguments).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    /// A file beside the peers.
    static func file(_ name: String) -> String { folder.appending(path: name).path }

    /// The Python of a virtual environment, which is made when it is first needed: `requirements.txt`, or `requirements-NAME.txt`.
    static func environment(_ name: String? = nil) throws -> String {
        let suffix = name.map { "-\($0)" } ?? ""
        let environment = folder.appending(path: ".venv\(suffix)")
        let python = environment.appending(path: "bin/python").path
        if !FileManager.default.fileExists(atPath: environment.appending(path: "ready").path) {
            _ = try output("/usr/bin/env", ["python3", "-m", "venv", environment.path])
            _ = try output(python, ["-m", "pip", "install", "-q", "-r", file("requirements\(suffix).txt")])
            try Data().write(to: environment.appending(path: "ready"))
        }
        return python
    }

    /// The names and versions of what is installed in the environments, but for what comes with Python itself.
    static var packages: [String] {
        let manager = FileManager.default
        var found: Set<String> = []
        for environment in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? [] where environment.hasPrefix(".venv") {
            let library = folder.appending(path: environment).appending(path: "lib")
            for version in (try? manager.contentsOfDirectory(atPath: library.path)) ?? [] {
                let packages = library.appending(path: version).appending(path: "site-packages").path
                for entry in (try? manager.contentsOfDirectory(atPath: packages)) ?? [] where entry.hasSuffix(".dist-info") {
                    found.insert(String(entry.dropLast(".dist-info".count)).replacing("-", with: " "))
                }
            }
        }
        let wanted = ["asyncpg", "Django", "numpy", "onnxruntime", "pandas", "psycopg", "SQLAlchemy", "sqlalchemy", "django", "xgboost"]
        return found.filter { entry in wanted.contains { entry.hasPrefix($0 + " ") } }.sorted()
    }

    static func output(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(program) \(arguments.joined(separator: " ")) failed") }
        return String(decoding: data, as: UTF8.self)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
