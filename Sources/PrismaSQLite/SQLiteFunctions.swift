import Synchronization

/// The functions of a database, in the order in which they came; each connection registers those that it has not yet.
final class SQLiteFunctions: Sendable {
    private let list: Mutex<[SQLiteFunction]>
    private let listCount: Atomic<Int>

    init(_ functions: [SQLiteFunction]) {
        list = Mutex(functions)
        listCount = Atomic(functions.count)
    }

    var count: Int { listCount.load(ordering: .acquiring) }
    var all: [SQLiteFunction] { list.withLock { $0 } }

    func add(_ function: SQLiteFunction) {
        list.withLock { list in
            list.append(function)
            listCount.store(list.count, ordering: .releasing)
        }
    }
}
