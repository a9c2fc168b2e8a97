/// Prepared statements by their SQL; the least recently used one leaves when the cache is full.
package struct StatementCache<Statement> {
    private struct Entry {
        var sql: String
        var statement: Statement
        /// Neighbours in order of use; -1 where there is none.
        var newer: Int
        var older: Int
    }

    package let capacity: Int
    private var entries: [Entry] = []
    private var indices: [String: Int] = [:]
    private var newest = -1
    private var oldest = -1

    package init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    package var count: Int { entries.count }

    /// The statement for this SQL, which becomes the most recently used.
    package mutating func find(_ sql: String) -> Statement? {
        // The same statement again, the usual case in a loop: equal strings share storage, so no hashing.
        if newest >= 0, entries[newest].sql == sql { return entries[newest].statement }
        guard let index = indices[sql] else { return nil }
        unlink(index)
        linkAsNewest(index)
        return entries[index].statement
    }

    /// Adds a statement, or replaces the one that has its SQL; returns the one that had to leave.
    package mutating func insert(_ statement: Statement, for sql: String) -> Statement? {
        guard capacity > 0 else { return statement }
        if let index = indices[sql] {
            let replaced = entries[index].statement
            entries[index].statement = statement
            return replaced
        }
        guard entries.count == capacity else {
            entries.append(Entry(sql: sql, statement: statement, newer: -1, older: -1))
            indices[sql] = entries.count - 1
            linkAsNewest(entries.count - 1)
            return nil
        }
        let index = oldest
        let evicted = entries[index].statement
        indices[entries[index].sql] = nil
        unlink(index)
        entries[index].sql = sql
        entries[index].statement = statement
        indices[sql] = index
        linkAsNewest(index)
        return evicted
    }

    /// Takes a statement out of the cache.
    package mutating func remove(_ sql: String) -> Statement? {
        guard let index = indices.removeValue(forKey: sql) else { return nil }
        unlink(index)
        let removed = entries[index].statement
        let last = entries.removeLast()
        guard index < entries.count else { return removed }
        // The last entry fills the gap.
        entries[index] = last
        indices[last.sql] = index
        if last.newer >= 0 { entries[last.newer].older = index } else { newest = index }
        if last.older >= 0 { entries[last.older].newer = index } else { oldest = index }
        return removed
    }

    /// Empties the cache and returns what it held.
    package mutating func removeAll() -> [Statement] {
        let statements = entries.map(\.statement)
        entries = []
        indices = [:]
        newest = -1
        oldest = -1
        return statements
    }

    private mutating func unlink(_ index: Int) {
        let (newer, older) = (entries[index].newer, entries[index].older)
        if newer >= 0 { entries[newer].older = older } else { newest = older }
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ index: Int) {
        entries[index].newer = -1
        entries[index].older = newest
        if newest >= 0 { entries[newest].newer = index } else { oldest = index }
        newest = index
    }
}
