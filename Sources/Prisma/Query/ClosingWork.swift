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

    /// Does all of it, at once.
    func run() async {
        let all = work.withLock { work in
            defer { work = [:] }
            return Array(work.values)
        }
        await withTaskGroup { group in
            for work in all { group.addTask { await work() } }
        }
    }
}
