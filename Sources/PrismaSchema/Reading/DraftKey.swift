/// A primary key, unique constraint or index.
final class DraftKey {
    let kind: Kind
    let place: Place
    /// Whether the attribute stands at its field.
    let isOnField: Bool
    var fields: [DraftKeyField] = []
    var name: Named?
    var map: Named?
    /// As written in `map`, or as Prisma names it.
    var databaseName = ""
    /// Whether a field of it is not known, so that its name may be another.
    var isDamaged = false
    var algorithm: IndexAlgorithm?
    var algorithmPlace: Place?
    var isClustered: Bool?
    var clusteredPlace: Place?

    init(kind: Kind, place: Place, isOnField: Bool, fields: [DraftKeyField] = []) {
        self.kind = kind
        self.place = place
        self.isOnField = isOnField
        self.fields = fields
    }

    enum Kind {
        case id
        case unique
        case index
        case fulltext
    }

    /// As it is written: `@id`, `@@index`.
    var attribute: String {
        let name =
            switch kind {
            case .id: "id"
            case .unique: "unique"
            case .index: "index"
            case .fulltext: "fulltext"
            }
        return (isOnField ? "@" : "@@") + name
    }
}

struct DraftKeyField {
    let field: Int
    let place: Place
    var sort: SortOrder?
    var length: Int?
    var operatorClass: OperatorClass?

    struct OperatorClass {
        let name: String
        /// `raw("…")`, which is not checked.
        let isRaw: Bool
        let place: Place
    }
}
