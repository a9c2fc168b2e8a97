import Foundation
import PrismaGenerator
import PrismaSchema

extension Suite {
    static let generator = Suite("generator", "Writing the client of a schema, and compiling it against the library") { runner in
        let count = runner.isQuick ? 5 : 100
        let text = SchemaText.models(count)
        let schema = try Schema(parsing: text)
        var files: [GeneratedFile] = []
        try await runner.measure("generate \(count) models", items: count, of: "model") {
            files = try ClientGenerator(schema: schema, schemaText: text).files()
            return files.count
        }
        if files.isEmpty { files = try ClientGenerator(schema: schema, schemaText: text).files() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "prisml-compile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files { try file.contents.write(to: folder.appending(path: file.name), atomically: true, encoding: .utf8) }
        for (name, flags) in [("debug", ["-Onone", "-enable-batch-mode"]), ("release", ["-O", "-whole-module-optimization"])] {
            if let only = runner.only, !"compile \(name)".contains(only) { continue }
            let clock = ContinuousClock()
            let time = try clock.measure { try compile(files.map(\.name), in: folder, flags) }
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            runner.record("compile \(count) models, \(name)", items: count, of: "model", seconds: [seconds])
        }
    }

    private struct CompilerFailed: Error {
        var output: String
    }

    /// Compiles Swift files as a module that stands on the modules of this very build.
    private static func compile(_ files: [String], in folder: URL, _ flags: [String]) throws {
        let package = URL(filePath: #filePath).appending(path: "../../../../..").standardizedFileURL
        let modules = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "Modules")
        let process = Process()
        process.currentDirectoryURL = folder
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["swiftc", "-c", "-parse-as-library", "-swift-version", "6", "-module-name", "Client", "-I", modules.path]
            + ["CSQLite", "CPostgres"].flatMap { ["-I", package.appending(path: "Sources/\($0)").path] } + flags + files
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CompilerFailed(output: String(decoding: output.suffix(2000), as: UTF8.self)) }
    }
}
