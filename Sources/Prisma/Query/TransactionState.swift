internal import Synchronization

/// The connection of a running transaction; it is taken away when the transaction ends, so that a client that outlives the
/// closure gets an error and not another task's connection.
package final class TransactionState: Sendable {
    private let leased: Mutex<(any SQLConnection)?>
    /// How many savepoints are open.
    private let depth = Mutex(0)

    package init(_ connection: any SQLConnection) {
        leased = Mutex(connection)
    }

    package func connection() throws(PrismaError) -> any SQLConnection {
        guard let connection = leased.withLock({ $0 }) else {
            throw PrismaError(
                .transactionFailed, "The transaction has ended.",
                help: "Use the client that the closure was given only inside the closure, and await what was started there.")
        }
        return connection
    }

    package func end() {
        leased.withLock { $0 = nil }
    }

    package func nextSavepoint() -> String {
        "prisml_\(depth.withLock { depth in depth += 1; return depth })"
    }
}
