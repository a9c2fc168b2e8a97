import Foundation

/// The models of the suite `onnx`, trained and compiled by Python in a virtual environment; both are made when they are first needed and kept.
struct TreeModels {
    let folder: URL
    private let environment: URL

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init() throws {
        environment = Self.root.appending(path: ".build/onnx-peers")
        folder = environment.appending(path: "models")
        let scripts = Self.root.appending(path: "Python")
        let python = environment.appending(path: "bin/python").path
        let ready = folder.appending(path: "missing.txt")
        guard !FileManager.default.fileExists(atPath: ready.path) else { return }
        try Self.run("/usr/bin/env", ["python3", "-m", "venv", environment.path])
        try Self.run(python, ["-m", "pip", "install", "-q", "-r", scripts.appending(path: "onnx_requirements.txt").path])
        try Self.run(python, [scripts.appending(path: "onnx_models.py").path, folder.path])
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    /// A file of floats.
    func floats(_ name: String) throws -> [Float] {
        try bytes(name).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
    }

    /// The shared library of a Python package.
    func library(_ package: String, _ prefix: String) throws -> String {
        let found = FileManager.default.enumerator(at: environment.appending(path: "lib"), includingPropertiesForKeys: nil)
        while let file = found?.nextObject() as? URL {
            if file.path.contains("site-packages/\(package)/"), file.lastPathComponent.hasPrefix(prefix) { return file.path }
        }
        throw Failure(description: "the package \(package) has no library \(prefix)")
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        // What it says goes where errors go: the table alone is this program's output.
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(program) \(arguments.joined(separator: " ")) failed") }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
