import Synchronization

/// The functions of a database: the changes in the order in which they came. Each connection catches up with those that it has not seen.
final class SQLiteFunctions: Sendable {
    enum Change: Sendable {
        case add(SQLiteFunction)
        case remove(String)
        /// A function that was removed since.
        case nothing
    }

    private let list: Mutex<[Change]>
    private let listCount: Atomic<Int>

    init(_ functions: [SQLiteFunction]) {
        list = Mutex(functions.map(Change.add))
        listCount = Atomic(functions.count)
    }

    var count: Int { listCount.load(ordering: .acquiring) }
    var all: [Change] { list.withLock { $0 } }

    func add(_ function: SQLiteFunction) { change(.add(function)) }

    /// Lets go of a function; each connection does so with its next lease.
    func remove(_ name: String) { change(.remove(name)) }

    private func change(_ change: Change) {
        let removed = list.withLock { list -> Change? in
            var removed: Change?
            if case .remove(let name) = change,
                let index = list.lastIndex(where: { if case .add(let function) = $0 { function.name == name } else { false } })
            {
                removed = list[index]
                list[index] = .nothing
            }
            list.append(change)
            listCount.store(list.count, ordering: .releasing)
            return removed
        }
        // What the function holds may be large; it goes when nobody waits for the list.
        _ = consume removed
    }
}
