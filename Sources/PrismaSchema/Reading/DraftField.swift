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
