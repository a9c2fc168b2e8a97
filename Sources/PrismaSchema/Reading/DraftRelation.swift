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
