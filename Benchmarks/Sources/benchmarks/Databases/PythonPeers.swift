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
        return try run("peers.py", "requirements.txt", arguments)
    }

    /// Runs a script with the packages that it needs.
    static func run(_ script: String, _ requirements: String, _ arguments: [String]) throws -> [Line] {
        let environment = folder.appending(path: requirements == "requirements.txt" ? ".venv" : ".venv/" + script.prefix { $0 != "_" })
        let python = environment.appending(path: "bin/python")
        if !FileManager.default.fileExists(atPath: environment.appending(path: "ready").path) {
            _ = try output("/usr/bin/env", ["python3", "-m", "venv", environment.path])
            _ = try output(python.path, ["-m", "pip", "install", "-q", "-r", folder.appending(path: requirements).path])
            try Data().write(to: environment.appending(path: "ready"))
        }
        return try output(python.path, [folder.appending(path: script).path] + arguments).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private static func output(_ program: String, _ arguments: [String]) throws -> String {
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
