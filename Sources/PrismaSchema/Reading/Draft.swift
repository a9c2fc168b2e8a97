/// The schema between the tree and `Schema`: attributes read and names looked up as far as they can be, positions kept.
struct Draft {
    var files: [SourceFile]
    var provider: Provider = .postgresql
    var datasource: Datasource?
    var datasourceDraft: DraftDatasource?
    var generators: [Generator] = []
    var previewFeatures: Set<String> = []
    var models: [DraftModel] = []
    var enums: [DraftEnum] = []
    var modelIndex: [String: Int] = [:]
    var enumIndex: [String: Int] = [:]
    var relations: [DraftRelation] = []
    /// Whether blocks may be missing, because some text could not be read.
    var isDamaged = false

    var relationMode: RelationMode { datasource?.relationMode ?? .foreignKeys }

    subscript(field: FieldID) -> DraftField { models[field.model].fields[field.field] }
}

/// A field by its position in the draft.
struct FieldID: Hashable {
    let model: Int
    let field: Int
}

/// A text with the place where it is written.
struct Named {
    let text: String
    let place: Place
}

/// What the rules must know about the `datasource` block beside its values.
struct DraftDatasource {
    let name: Named
    /// The values of `schemas`, with their places.
    var schemas: [Named]?
    var schemasPlace: Place?
}

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

final class DraftField {
    let name: Named
    let place: Place
    let type: DraftType
    let typePlace: Place
    /// The offset behind the type and its `?` or `[]`.
    let typeEnd: Int
    let arity: Arity
    let documentation: String?
    var map: Named?
    var isID = false
    var isUnique = false
    var isIgnored = false
    var updatedAt: Place?
    var `default`: DraftDefault?
    var native: DraftNativeType?
    var relation: DraftRelationAttribute?

    var databaseName: String { map?.text ?? name.text }

    var isRelation: Bool {
        if case .model = type { true } else { false }
    }

    init(
        name: Named, place: Place, type: DraftType, typePlace: Place, typeEnd: Int, arity: Arity, documentation: String?
    ) {
        self.name = name
        self.place = place
        self.type = type
        self.typePlace = typePlace
        self.typeEnd = typeEnd
        self.arity = arity
        self.documentation = documentation
    }
}

enum DraftType: Hashable {
    case scalar(ScalarType)
    case enumeration(Int)
    case model(Int)
    case unsupported(String)
    /// Reported already.
    case unknown
}

/// A class to keep fields without one small.
final class DraftDefault {
    let place: Place
    /// Nil when the value is wrong, which has been reported.
    let value: DefaultValue?
    let map: Named?

    init(place: Place, value: DefaultValue?, map: Named?) {
        self.place = place
        self.value = value
        self.map = map
    }
}

struct DraftNativeType {
    let name: String
    let arguments: [String]
    let place: Place
}

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

/// `@relation(…)`, a class to keep fields without one small.
final class DraftRelationAttribute {
    let place: Place
    let syntax: AttributeSyntax
    var name: Named?
    var fields: [Named]?
    var references: [Named]?
    var fieldsPlace: Place?
    var referencesPlace: Place?
    var onDelete: (action: ReferentialAction, place: Place)?
    var onUpdate: (action: ReferentialAction, place: Place)?
    var map: Named?
    /// Whether an argument is wrong, so that what seems to be missing may not be.
    var isDamaged = false

    init(place: Place, syntax: AttributeSyntax) {
        self.place = place
        self.syntax = syntax
    }
}

struct DraftEnum {
    let name: Named
    let place: Place
    let documentation: String?
    let isDamaged: Bool
    var values: [DraftEnumValue] = []
    var valueNames: Set<String> = []
    var map: Named?
    var schema: Named?

    var databaseName: String { map?.text ?? name.text }
}

struct DraftEnumValue {
    let name: Named
    let documentation: String?
    var map: Named?

    var databaseName: String { map?.text ?? name.text }
}

/// A relation with both its ends.
struct DraftRelation {
    /// As written, or the two model names in alphabetical order joined by `To`.
    let name: String
    let kind: Kind
    /// The end with the foreign key; for many-to-many, the end of column `A`.
    let forward: FieldID
    let back: FieldID
    /// The fields of the forward model that refer to `references`, where the names are right.
    var fields: [Int] = []
    /// The fields of the back model.
    var references: [Int] = []
    /// The name of the foreign key: as written in `map`, or as Prisma names it.
    var constraintName = ""

    enum Kind {
        case oneToOne
        case oneToMany
        case manyToMany
    }
}
