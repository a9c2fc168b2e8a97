internal import CPostgres
import Prisma

/// A message that another session sent with `NOTIFY`.
public struct PostgresNotification: Hashable, Sendable {
    public var channel: String
    public var payload: String
    /// The server process of the sender.
    public var processID: Int
}

extension PostgresDatabase {
    /// Listens on channels, on a connection of its own; what is sent from now on arrives.
    ///
    /// ```swift
    /// for try await notification in try await database.notifications(on: ["jobs"]) { print(notification.payload) }
    /// ```
    /// The sequence throws when the connection is lost, since messages may have been missed: read the state anew and listen again.
    public func notifications(on channels: [String]) async throws -> AsyncThrowingStream<PostgresNotification, any Error> {
        let connection = try await PostgresConnection.connect(url, types: types)
        let names = channels.map { "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }
        try await connection.executeScript(names.map { "LISTEN \($0);" }.joined())
        return AsyncThrowingStream { stream in
            let task = Task {
                do {
                    while true {
                        for notification in try await connection.nextNotifications() { stream.yield(notification) }
                    }
                } catch is CancellationError {
                    stream.finish()
                } catch {
                    stream.finish(throwing: error)
                }
                await connection.close()
            }
            stream.onTermination = { _ in task.cancel() }
        }
    }
}

extension PostgresConnection {
    /// Waits until the server says something, and gives the notifications that were part of it.
    func nextNotifications() async throws -> [PostgresNotification] {
        await begin()
        defer { end() }
        if let early = takeNotifications() { return early }
        try Task.checkCancellation()
        let isReady = await withTaskCancellationHandler {
            await waitForInput()
        } onCancel: {
            interrupt()
        }
        try Task.checkCancellation()
        let notifications = takeNotifications()
        guard isReady, !handle.isBroken else {
            isLost = true
            throw Self.lost
        }
        return notifications ?? []
    }

    private func takeNotifications() -> [PostgresNotification]? {
        var notifications: [PostgresNotification] = []
        while let pointer = PQnotifies(handle.pointer) {
            defer { PQfreemem(pointer) }
            notifications.append(
                PostgresNotification(
                    channel: String(cString: pointer.pointee.relname), payload: String(cString: pointer.pointee.extra),
                    processID: Int(pointer.pointee.be_pid)))
        }
        return notifications.isEmpty ? nil : notifications
    }
}
