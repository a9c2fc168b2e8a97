import Foundation
import PrismaGenerator
import PrismaSchema

extension Suite {
    static let generator = Suite("generator", "Generating the client of a schema with 100 models, and compiling it") { runner in
        let text = SchemaText.models(count)
        let schema = try Schema(parsing: text)
        try await runner.measure("generate \(count) models", items: count, of: "model") {
            try ClientGenerator(schema: schema, schemaText: text).files()
        }
        // Compiling what the client stands on, twice, takes minutes.
        if runner.isQuick || runner.only != nil { return }
        let package = try ClientPackage()
        for configuration in ["debug", "release"] {
            try package.write(SchemaText.models(1))
            try package.build(configuration)
            try package.write(text)
            let clock = ContinuousClock()
            let start = clock.now
            try package.build(configuration)
            let parts = (clock.now - start).components
            runner.record(
                "compile \(count) models, \(configuration)", items: count, of: "model",
                seconds: [Double(parts.seconds) + Double(parts.attoseconds) * 1e-18])
        }
    }

    private static let count = 100
}

/// A package that holds a generated client and nothing else. It stays, so that what the client stands on is compiled once.
private struct ClientPackage {
    private let folder: URL
    private let root = URL(filePath: #filePath).appending(path: "../../../../..").standardizedFileURL
    private var generated: URL { folder.appending(path: "Sources/client") }

    init() throws {
        folder = root.appending(path: "Benchmarks/.build/generated-client")
        try FileManager.default.createDirectory(at: generated, withIntermediateDirectories: true)
        try """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "client",
            platforms: [.macOS(.v15)],
            dependencies: [.package(name: "prisml", path: "\(root.path)")],
            targets: [
                .target(
                    name: "client",
                    dependencies: ["Prisma", "PrismaSchema", "PrismaPostgres"].map { .product(name: $0, package: "prisml") })
            ])
        """.write(to: folder.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
    }

    /// The client of a schema, in place of what was there.
    func write(_ schema: String) throws {
        try FileManager.default.removeItem(at: generated)
        try FileManager.default.createDirectory(at: generated, withIntermediateDirectories: true)
        for file in try ClientGenerator(schema: Schema(parsing: schema), schemaText: schema).files() {
            try file.contents.write(to: generated.appending(path: file.name), atomically: true, encoding: .utf8)
        }
    }

    func build(_ configuration: String) throws {
        let swift = Process()
        swift.executableURL = URL(filePath: "/usr/bin/env")
        swift.arguments = ["swift", "build", "--package-path", folder.path, "--configuration", configuration, "--quiet"]
        try swift.run()
        swift.waitUntilExit()
        guard swift.terminationStatus == 0 else { throw PythonPeers.Failure(description: "the generated client does not compile") }
    }
}
