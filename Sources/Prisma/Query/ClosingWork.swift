internal import Synchronization

/// What is still to be done before a client's database is closed: writing what waits.
package final class ClosingWork: Sendable {
    package typealias Work = @Sendable () async -> Void

    private let work = Mutex<[ObjectIdentifier: Work]>([:])

    /// Adds what someone has to do; it is kept until it was done or is taken back.
    package func add(for owner: AnyObject, _ work: @escaping Work) {
        self.work.withLock { $0[ObjectIdentifier(owner)] = work }
    }

    package func remove(for owner: AnyObject) {
        work.withLock { $0[ObjectIdentifier(owner)] = nil }
    }

    /// Does all of it, at once, also where the caller is cancelled, as at the end of a program. What takes longer than the limit is
    /// cancelled.
    package func run(atMost limit: Duration = .seconds(10)) async {
        let all = work.withLock { work in
            defer { work = [:] }
            return Array(work.values)
        }
        // In a task of its own, where the caller's cancellation does not reach.
        let work = Task {
            await withTaskGroup { group in
                for work in all { group.addTask { await work() } }
            }
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            work.cancel()
        }
        await work.value
        timer.cancel()
    }
}
