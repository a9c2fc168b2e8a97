/// A class, as its fields are, since the rules look at the same one over and over and a copy of either is large.
final class DraftModel {
    let name: Named
    let place: Place
    let isView: Bool
    let isDamaged: Bool
    let documentation: String?
    var fields: [DraftField] = []
    var fieldIndex: [String: Int] = [:]
    /// `@id`, `@unique`, then `@@id`, `@@unique`, `@@index`, `@@fulltext` in source order.
    var keys: [DraftKey] = []
    var map: Named?
    var schema: Named?
    var isIgnored = false

    var databaseName: String { map?.text ?? name.text }

    var primaryKey: DraftKey? { keys.first { $0.kind == .id } }

    /// Whether a line or a type could not be read, so that a field may seem to be missing.
    var isUnclear: Bool { isDamaged || fields.contains { $0.type == .unknown } }

    /// The keys that tell one row from all others.
    var uniqueKeys: some Sequence<DraftKey> { keys.lazy.filter { $0.kind == .id || $0.kind == .unique } }

    /// The key that rows are best told apart by.
    var firstKey: DraftKey? { primaryKey ?? uniqueKeys.first { _ in true } }

    /// Whether a key or unique constraint stands on these fields, in any order.
    func hasKey(over fields: [Int]) -> Bool {
        uniqueKeys.contains { key in
            guard key.fields.count == fields.count else { return false }
            if fields.count == 1 { return key.fields[0].field == fields[0] }
            return Set(key.fields.map(\.field)) == Set(fields)
        }
    }

    init(name: Named, place: Place, isView: Bool, isDamaged: Bool, documentation: String?) {
        self.name = name
        self.place = place
        self.isView = isView
        self.isDamaged = isDamaged
        self.documentation = documentation
    }
}
