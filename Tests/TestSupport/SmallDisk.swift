import Foundation

/// A file system of a few megabytes, in memory, that fills up as a disk does.
///
/// Only root can mount one, and only on Linux. Elsewhere tests of full disks are skipped, loudly, but run where the environment
/// says `CI`, and fail there.
public final class SmallDisk: Sendable {
    public let path: String
    /// What takes up room until it is freed.
    private let filler: String

    public static let isUsable: Bool = {
        #if os(Linux)
        if geteuid() == 0 || isRequired { return true }
        #endif
        FileHandle.standardError.write(Data("\n*** Not root on Linux: TESTS OF A FULL DISK ARE SKIPPED. ***\n\n".utf8))
        return false
    }()

    private static let isRequired = ProcessInfo.processInfo.environment["CI"].map { !["", "0", "false"].contains($0) } ?? false

    /// - Parameter kept: kilobytes that `free` gives back.
    public init(at path: String, kilobytes: Int, kept: Int) throws {
        self.path = path
        filler = path + "/filler"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=777", "tmpfs", path)
        try Data(repeating: 0, count: kept * 1024).write(to: URL(filePath: filler))
    }

    deinit {
        // Lazily: what is still open goes when it is closed.
        try? Self.run("umount", "--lazy", path)
    }

    public func free() throws {
        try FileManager.default.removeItem(atPath: filler)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw PostgresTestServer.Failure("\(arguments.joined(separator: " ")) failed") }
    }
}
