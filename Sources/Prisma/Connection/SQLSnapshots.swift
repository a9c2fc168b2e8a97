internal import Synchronization

/// A database of which several connections can see the same rows at once, whatever is written meanwhile.
package protocol SQLSnapshots: SQLDatabase {
    /// Leases connections that see the rows of one instant for as long as `body` runs: one at least, and no more than half of the pool.
    ///
    /// One caller at a time gets several: two who each hold some and wait for more would wait for each other.
    func withSnapshot<Result: Sendable>(
        upTo count: Int, _ body: @Sendable ([any SQLConnection]) async throws -> Result
    ) async throws -> Result
}

extension SQLDatabase {
    /// Leases several connections for reading.
    package func withConnections<Result: Sendable>(
        _ count: Int, besides leased: [any SQLConnection] = [], _ body: @Sendable ([any SQLConnection]) async throws -> Result
    ) async throws -> Result {
        guard count > 0 else { return try await body(leased) }
        return try await withConnection(for: .read) { connection in
            try await self.withConnections(count - 1, besides: leased + [connection], body)
        }
    }
}

/// Who may hold several connections at once.
package final class SnapshotTurn: Sendable {
    private let isTaken = Atomic(false)

    package init() {}

    /// Calls `body` with that number where it is this caller's turn, else with one.
    package func take<Result>(_ count: Int, _ body: (Int) async throws -> Result) async throws -> Result {
        guard count > 1, isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return try await body(1)
        }
        defer { isTaken.store(false, ordering: .releasing) }
        return try await body(count)
    }
}

extension [any SQLConnection] {
    /// Runs `body` and ends the transactions that are open on the connections.
    package func endingTransactions<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            for connection in self { try await connection.executeScript("COMMIT") }
            return result
        } catch {
            // In a task of its own, where the caller's cancellation does not reach.
            await Task { for connection in self { try? await connection.executeScript("ROLLBACK") } }.value
            throw error
        }
    }
}
