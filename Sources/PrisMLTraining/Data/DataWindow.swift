import PrisML
package import Prisma

/// Which rows a training saw: from which primary key to which, and between which points in time.
package struct DataWindow: Sendable, Hashable {
    private var firstKey: [SQLValue]?
    private var lastKey: [SQLValue] = []
    /// In microseconds since 1970; nil where the rows have no point in time.
    private var earliest: Int64?
    private var latest: Int64?

    package init() {}

    /// Takes the next row in; rows come in the order of their primary key.
    ///
    /// - Parameter key: taken over and given back empty, so that no row needs room of its own.
    mutating func include(key: inout [SQLValue], at instant: Int64?) {
        if firstKey == nil { firstKey = key }
        swap(&lastKey, &key)
        key.removeAll(keepingCapacity: true)
        guard let instant else { return }
        earliest = min(earliest ?? instant, instant)
        latest = max(latest ?? instant, instant)
    }

    /// Takes in the rows that come after these.
    mutating func append(_ other: DataWindow) {
        guard let first = other.firstKey else { return }
        firstKey = firstKey ?? first
        lastKey = other.lastKey
        earliest = [earliest, other.earliest].compactMap(\.self).min()
        latest = [latest, other.latest].compactMap(\.self).max()
    }

    package var json: JSON {
        func text(_ key: [SQLValue]) -> JSON { .string(key.count == 1 ? key[0].keyText : SQLValue.list(key).keyText) }
        func text(_ instant: Int64?) -> JSON { instant.map { .string(Timestamp.format($0)) } ?? .null }
        return [
            "firstKey": firstKey.map(text) ?? .null, "lastKey": firstKey == nil ? .null : text(lastKey), "earliest": text(earliest),
            "latest": text(latest),
        ]
    }
}
