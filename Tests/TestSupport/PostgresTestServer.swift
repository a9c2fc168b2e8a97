import Foundation
import Synchronization

/// A private PostgreSQL server that lives as long as the test process.
///
/// ```swift
/// @Suite(.enabled(if: PostgresTestServer.isUsable))
/// struct MyTests {
///     @Test func works() async throws {
///         let url = try await PostgresTestServer.shared().makeDatabase()
///         let database = try PostgresDatabase(url: url)
///     }
/// }
/// ```
/// It listens on a Unix socket (and, if asked, on a port of the loopback interface), keeps its data in a temporary folder
/// without syncing, and compares text by the rules of a language as most real servers do. When the test process ends,
/// in whatever way, a watcher ends the server by its process id and removes the folder.
public final class PostgresTestServer: Sendable {
    /// The folder of the socket.
    public let socketFolder: String
    /// The port on 127.0.0.1, or nil if it listens on the socket only.
    public let port: Int?

    private let programs: String
    private let folder: String
    private let postmaster: Mutex<Postmaster>
    private let settings: [String]
    private let numbers = Mutex(0)

    private struct Postmaster {
        var process: Process
        /// Closing it tells the watcher to end the server.
        var lifeline: FileHandle
        var isStopped = false
    }

    /// The port that names the socket; nobody listens on it.
    private static let socketPort = 5432

    // MARK: - Finding and starting

    /// False if no server is installed. Tests are then skipped, but fail where the environment says `CI`.
    public static let isUsable: Bool = {
        if programs != nil || isRequired { return true }
        FileHandle.standardError.write(
            Data("\n*** PostgreSQL is not installed: ALL TESTS THAT NEED IT ARE SKIPPED. Install `postgresql`. ***\n\n".utf8))
        return false
    }()

    private static let isRequired = ProcessInfo.processInfo.environment["CI"].map { !["", "0", "false"].contains($0) } ?? false

    /// The server that all suites of the process share; the first call starts it.
    public static func shared() async throws -> PostgresTestServer {
        try await sharedStart.value
    }

    private static let sharedStart = Task.detached { try await start() }

    /// Starts a server of one's own, to break or to configure it.
    public static func start(settings: [String: String] = [:], listensOnPort: Bool = false) async throws -> PostgresTestServer {
        try await blocking { try PostgresTestServer(settings: settings, port: listensOnPort ? try freePort() : nil) }
    }

    private init(settings extra: [String: String], port: Int?) throws {
        guard let programs = Self.programs else {
            throw Failure("No PostgreSQL server is installed (looked in /usr/lib/postgresql/*/bin, Homebrew's folders and PATH).")
        }
        self.programs = programs
        self.port = port
        // A short path: a socket's name has at most 103 characters.
        folder = "/tmp/prisml-postgres-\(UUID().uuidString.prefix(8))"
        socketFolder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        if let user = Self.unprivilegedUser { _ = chown(folder, user.id, user.group) }
        var options = [
            "fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB",
            "listen_addresses": port == nil ? "" : "127.0.0.1", "port": "\(port ?? Self.socketPort)",
            "unix_socket_directories": folder, "log_min_messages": "fatal", "timezone": "Europe/Berlin", "jit": "off",
        ]
        options.merge(extra) { $1 }
        settings = options.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        try Self.initialize(folder: folder, programs: programs)
        postmaster = Mutex(try Self.launch(folder: folder, programs: programs, settings: settings))
        try waitUntilReady()
    }

    deinit {
        let isStopped = postmaster.withLock { postmaster in
            try? postmaster.lifeline.close()
            return postmaster.isStopped
        }
        // A server that runs has a watcher that does this once it has ended.
        if isStopped { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func initialize(folder: String, programs: String) throws {
        let common = ["-D", folder + "/data", "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
        // PostgreSQL 15 and later can compare text by ICU's rules; others by bytes.
        for choice in [["--locale-provider=icu", "--icu-locale=en-US"], []] {
            let result = try run(asServer(programs + "/initdb", common + choice))
            if result.status == 0 { return }
            guard choice.isEmpty else { continue }
            throw Failure("initdb failed: \(result.output)")
        }
    }

    private static func launch(folder: String, programs: String, settings: [String]) throws -> Postmaster {
        // The watcher reads from a pipe that only this process can write to: its end is the end of this process.
        let script = """
            "$@" >"\(folder)/log" 2>&1 </dev/null &
            server=$!
            cat >/dev/null
            kill -QUIT $server 2>/dev/null
            wait $server
            test -e "\(folder)/keep" || rm -rf "\(folder)"
            """
        let command = asServer("/bin/sh", ["-c", script, "sh", programs + "/postgres", "-D", folder + "/data"] + settings)
        let lifeline = Pipe()
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let process = Process()
        process.executableURL = URL(filePath: command.program)
        process.arguments = command.arguments
        process.currentDirectoryURL = URL(filePath: "/tmp")
        process.standardInput = lifeline.fileHandleForReading
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return Postmaster(process: process, lifeline: lifeline.fileHandleForWriting)
    }

    private func waitUntilReady() throws {
        for _ in 0..<600 {
            if (try? query("SELECT 1")) != nil { return }
            usleep(50_000)
        }
        let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
        throw Failure("The server did not start within 30 seconds: \(log)")
    }

    // MARK: - Databases

    /// Creates a database, empty or as a copy of `template`, and gives its URL.
    public func makeDatabase(template: String = "template0", parameters: String = "") async throws -> String {
        let name = numbers.withLock { number in
            number += 1
            return "test\(number)"
        }
        try await createDatabase(named: name, template: template)
        return url(database: name, parameters: parameters)
    }

    /// Creates a database under a name of one's own, such as one that others are to be copied from.
    public func createDatabase(named name: String, template: String = "template0") async throws {
        try await run("CREATE DATABASE \"\(name)\" TEMPLATE \"\(template)\"")
    }

    /// The URL of a database as Prisma writes it; `parameters` are added to its query.
    public func url(database: String, parameters: String = "") -> String {
        let rest = parameters.isEmpty ? "" : "&" + parameters
        return "postgresql://postgres@localhost:\(port ?? Self.socketPort)/\(database)?host=\(socketFolder)\(rest)"
    }

    /// Runs SQL with `psql` and gives its output.
    @discardableResult
    public func run(_ sql: String, database: String = "postgres") async throws -> String {
        try await Self.blocking { try self.query(sql, database: database) }
    }

    private func query(_ sql: String, database: String = "postgres") throws -> String {
        let arguments = [
            "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketFolder, "-p", "\(port ?? Self.socketPort)", "-U", "postgres",
            "-d", database, "-c", sql,
        ]
        let result = try Self.run((programs + "/psql", arguments))
        guard result.status == 0 else { throw Failure(result.output) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: - Securing it

    /// Lets in who the lines of `pg_hba.conf` say, over TCP; the socket stays open for all.
    public func setAuthentication(_ lines: String) async throws {
        try "local all all trust\n\(lines)\n".write(toFile: folder + "/data/pg_hba.conf", atomically: false, encoding: .utf8)
        try await run("SELECT pg_reload_conf()")
    }

    /// Makes the server speak TLS with a certificate for `localhost`, and gives that certificate's path.
    public func enableTLS() async throws -> String {
        let (certificate, key) = (folder + "/data/server.crt", folder + "/data/server.key")
        try await Self.blocking {
            let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
            let names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
            let result = try Self.run(Self.asServer("/usr/bin/openssl", request + names))
            guard result.status == 0 else { throw Failure("openssl failed: \(result.output)") }
        }
        try await run("ALTER SYSTEM SET ssl = on")
        try await run("SELECT pg_reload_conf()")
        // A copy that others than the server's user may read.
        let copy = folder + "/server.crt"
        try Data(contentsOf: URL(filePath: certificate)).write(to: URL(filePath: copy))
        return copy
    }

    /// Gives a folder to the user that the server runs as.
    public func own(_ path: String) throws {
        guard let user = Self.unprivilegedUser, chown(path, user.id, user.group) != 0 else { return }
        throw Failure("\(path) cannot be given to the server's user")
    }

    // MARK: - Breaking it

    /// Ends the server as a crash would, keeps its data, and starts it again.
    public func restart() async throws {
        try await stop()
        try await resume()
    }

    /// Ends the server as a crash would and keeps its data.
    public func stop() async throws {
        try await Self.blocking { [self] in
            let keep = folder + "/keep"
            _ = FileManager.default.createFile(atPath: keep, contents: nil)
            let process = postmaster.withLock { postmaster in
                try? postmaster.lifeline.close()
                return postmaster.process
            }
            process.waitUntilExit()
            postmaster.withLock { $0.isStopped = true }
            try FileManager.default.removeItem(atPath: keep)
        }
    }

    /// Starts the server after `stop`.
    public func resume() async throws {
        try await Self.blocking { [self] in
            let started = try Self.launch(folder: folder, programs: programs, settings: settings)
            postmaster.withLock { $0 = started }
            try waitUntilReady()
        }
    }

    // MARK: - Processes

    /// Why the server cannot be used.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// The folder of the newest server's programs.
    private static let programs: String? = {
        let manager = FileManager.default
        let versions = (try? manager.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        var folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        folders += (14...20).reversed().flatMap { ["/opt/homebrew/opt/postgresql@\($0)/bin", "/usr/local/opt/postgresql@\($0)/bin"] }
        folders += (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { folder in
            ["postgres", "initdb", "psql"].allSatisfy { manager.isExecutableFile(atPath: folder + "/" + $0) }
        }
    }()

    /// PostgreSQL refuses to run as root; this is who runs it then.
    private static let unprivilegedUser: (id: uid_t, group: gid_t)? = {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let user = getpwnam(name) { return (user.pointee.pw_uid, user.pointee.pw_gid) }
        }
        return nil
    }()

    private static func asServer(_ program: String, _ arguments: [String]) -> (program: String, arguments: [String]) {
        guard let user = unprivilegedUser else { return (program, arguments) }
        let change = ["--reuid=\(user.id)", "--regid=\(user.group)", "--clear-groups", program]
        return ("/usr/bin/setpriv", change + arguments)
    }

    private static func run(_ command: (program: String, arguments: [String])) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: command.program)
        process.arguments = command.arguments
        process.currentDirectoryURL = URL(filePath: "/tmp")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private static func freePort() throws -> Int {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, size) == 0 && getsockname(handle, $0, &size) == 0 }
        }
        guard status else { throw Failure("No free port.") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }
}
