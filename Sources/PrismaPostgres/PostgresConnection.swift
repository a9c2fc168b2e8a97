internal import CPostgres
import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One connection to a PostgreSQL server.
///
/// libpq is used in its non-blocking form: sending and reading happen on Swift's threads and the poller's, and none of them
/// ever waits in a call.
actor PostgresConnection: SQLConnection, PooledConnection {
    let handle: PostgresHandle
    let types: PostgresTypes
    let decoder: PostgresDecoder
    private let poller: SocketPoller
    private let key: PostgresCancelKey
    private let socketTimeout: Duration?
    /// nil where prepared statements cannot be used.
    var statements: StatementCache<PostgresPrepared>?
    var nextName = 0
    /// Statements that left the cache and that the server still has.
    var forgotten: [String] = []
    /// The rows of an open cursor.
    var stream: PostgresStream?
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The connection is beyond use.
    var isLost = false

    nonisolated var dialect: SQLDialect { .postgresql }

    private init(_ handle: PostgresHandle, url: PostgresURL, types: PostgresTypes) {
        self.handle = handle
        self.types = types
        decoder = PostgresDecoder(types: types)
        poller = SocketPoller.assign()
        key = PostgresCancelKey(handle)
        socketTimeout = url.socketTimeout
        if !url.usesPgBouncer, url.statementCacheSize > 0 { statements = StatementCache(capacity: url.statementCacheSize) }
    }

    static func connect(_ url: PostgresURL, types: PostgresTypes) async throws -> PostgresConnection {
        // A thread of its own: looking up the host's name blocks.
        let handle = try await WorkerThread().run { try PostgresHandle.connect(url) }
        return PostgresConnection(handle, url: url, types: types)
    }

    // MARK: - One operation at a time

    /// Waits until the operation before is over. The lease belongs to one task, which may still begin two things at once.
    func begin() async {
        if isBusy {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isBusy = true
        }
    }

    func end() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }

    /// Runs an operation; if its task is cancelled, so is the statement in the server.
    func operation<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        await begin()
        defer { end() }
        guard stream == nil else {
            throw PrismaError(
                .transactionFailed, "A cursor is open on this connection.", help: "Close the cursor first, or use another connection."
            )
        }
        return try await cancellable(work)
    }

    func cancellable<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        let cancellation = makeCancellation()
        let timer = startTimer()
        defer { timer?.cancel() }
        do {
            let result = try await withTaskCancellationHandler {
                try await work()
            } onCancel: {
                cancellation.request()
            }
            await cancellation.finish(isLost: isLost)
            return result
        } catch {
            if !isLost, handle.isBroken { isLost = true }
            await cancellation.finish(isLost: isLost)
            throw cancellation.isRequested ? CancellationError() : error
        }
    }

    func makeCancellation() -> PostgresCancellation {
        PostgresCancellation(key) { [poller, handle] in poller.interrupt(handle.socket) }
    }

    private func startTimer() -> Task<Void, Never>? {
        guard let socketTimeout else { return nil }
        return Task.detached { [poller, handle] in
            guard (try? await Task.sleep(for: socketTimeout)) != nil else { return }
            poller.interrupt(handle.socket)
        }
    }

    // MARK: - To and from the server

    /// Sends what libpq holds back.
    func flush() async throws(PrismaError) {
        guard PQflush(handle.pointer) == 1 else { return }
        try await wait(forWriting: true) { [handle] in
            // The server may be unable to read on before its own answers are read.
            PQconsumeInput(handle.pointer) == 0 || PQflush(handle.pointer) != 1
        }
    }

    /// The next result of what was sent; nil after the last.
    func nextResult() async throws(PrismaError) -> PostgresResult? {
        if PQisBusy(handle.pointer) != 0, !handle.isBroken {
            try await wait(forWriting: false) { [handle] in
                PQconsumeInput(handle.pointer) == 0 || PQisBusy(handle.pointer) == 0
            }
        }
        return PQgetResult(handle.pointer).map { PostgresResult($0) }
    }

    func wait(forWriting: Bool, _ onReady: @escaping @Sendable () -> Bool) async throws(PrismaError) {
        guard !isLost else { throw Self.lost }
        guard await poller.wait(on: handle.socket, forWriting: forWriting, onReady) else {
            isLost = true
            throw PrismaError(
                .operationTimedOut, "The server did not answer in time; the connection was given up.",
                help: "Raise `socket_timeout` in the URL, or check the network and the server."
            )
        }
    }

    /// Waits for anything the server says on its own; false if the wait was interrupted.
    func waitForInput() async -> Bool {
        await poller.wait(on: handle.socket, forWriting: false, endsIfCancelled: true) { [handle] in
            _ = PQconsumeInput(handle.pointer)
            return true
        }
    }

    nonisolated func interrupt() {
        poller.interrupt(handle.socket)
    }

    static let lost = PrismaError(
        .connectionClosed, "The connection to the server is lost.", help: "Run it again; what was written may or may not have been kept."
    )

    /// The error that libpq reports for something that could not even be sent.
    func failure(sql: String?) -> PrismaError {
        if handle.isBroken { isLost = true }
        return PostgresFailure(nil, connection: handle.pointer, sql: sql).error
    }

    func failure(_ result: PostgresResult, sql: String?) -> PrismaError {
        if handle.isBroken { isLost = true }
        return PostgresFailure(result.pointer, connection: handle.pointer, sql: sql).error
    }

    // MARK: - The life of a lease

    nonisolated func isAlive() -> Bool {
        // An idle server says nothing, unless it says goodbye.
        var byte: UInt8 = 0
        return recv(handle.socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    nonisolated func isReady() -> Bool { true }
    func beginLease() async throws {}

    /// Known only to the actor.
    nonisolated func isClean() -> Bool { false }

    func endLease() async -> Bool {
        await begin()
        defer { end() }
        await endStream()
        if isLost || handle.isBroken { return false }
        do {
            if PQtransactionStatus(handle.pointer) != PQTRANS_IDLE { try await runScript("ROLLBACK") }
            await forgetStatements()
            return PQtransactionStatus(handle.pointer) == PQTRANS_IDLE
        } catch {
            return false
        }
    }

    func close() async {
        isLost = true
        poller.interrupt(handle.socket)
        // libpq says goodbye to the server when the last user of the handle lets go of it.
    }
}
