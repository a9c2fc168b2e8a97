/// `distinct` and `cursor` of a relation's rows, for each row above; then `skip` and `take` come after them.
struct RelationWindow: Sendable {
    var distinctColumns = 0
    var hasCursor = false
    var take: Int?
    var skip: Int?

    var isNeeded: Bool { distinctColumns > 0 || hasCursor }

    /// The positions of the rows that stay, of rows that belong to these keys.
    ///
    /// - Parameter extras: for each row the distinct columns, and whether it is the cursor's row.
    func kept(_ extras: [[SQLValue]], of keys: [SQLValue]) -> [Int] {
        var groups: [SQLValue: [Int]] = [:]
        for (index, key) in keys.enumerated() { groups[key, default: []].append(index) }
        return groups.values.flatMap { rows(of: $0.map { (extras[$0], $0) }) }.sorted()
    }

    private func rows(of rows: [(extras: [SQLValue], position: Int)]) -> [Int] {
        let isReversed = (take ?? 0) < 0
        var rows = isReversed ? rows.reversed() : rows
        if hasCursor { rows = Array(rows.drop { $0.extras.last != .bool(true) }) }
        if distinctColumns > 0 {
            var seen: Set<[SQLValue]> = []
            rows = rows.filter { seen.insert(Array($0.extras.prefix(distinctColumns))).inserted }
        }
        rows = Array(rows.dropFirst(skip ?? 0))
        if let take { rows = Array(rows.prefix(Int(clamping: take.magnitude))) }
        return (isReversed ? rows.reversed() : rows).map(\.position)
    }
}
