/// A relation as one of its two ends sees it.
public struct Relation: Sendable, Hashable {
    /// The name of the relation: as written, or the two model names in alphabetical order joined by `To`.
    public let name: String
    /// The model at the other end.
    public let model: String
    /// The field at the other end.
    public let opposite: String
    /// How many rows stand at each end, this one first.
    public let kind: Kind
    /// The fields of this model that the relation stands on, in order; for many-to-many, the id that the join table holds.
    public let fields: [String]
    /// The fields of the other model that hold the same values, in the same order; for many-to-many, the other id.
    public let references: [String]
    /// Whether this model's columns refer to the other's, as a foreign key.
    public let holdsForeignKey: Bool
    /// What deleting the referenced row does: as written, or Prisma's default.
    public let onDelete: ReferentialAction
    /// What changing the referenced key does: as written, or Prisma's default.
    public let onUpdate: ReferentialAction
    /// `onDelete:` as written.
    public let declaredOnDelete: ReferentialAction?
    /// `onUpdate:` as written.
    public let declaredOnUpdate: ReferentialAction?
    /// The name of the foreign key; for many-to-many, of the one from the join table to this model.
    public let constraintName: String
    /// The table between the two, of an implicit many-to-many relation.
    public let joinTable: JoinTable?

    /// How many rows stand at each end, the end of the field first: `Post.author` is many-to-one.
    public enum Kind: Sendable, Hashable {
        case oneToOne
        case oneToMany
        case manyToOne
        case manyToMany
    }
}

/// The table that an implicit many-to-many relation keeps its pairs in.
public struct JoinTable: Sendable, Hashable {
    /// The name of the table.
    public let databaseName: String
    /// The database schema (namespace) of the table.
    public let databaseSchema: String?
    /// The column that holds this end's key: `A` or `B`.
    public let column: String
    /// The column that holds the other end's key.
    public let oppositeColumn: String
}

/// What happens to a row when the row it refers to goes or changes its key.
public enum ReferentialAction: String, Sendable, Hashable, CaseIterable {
    case cascade = "Cascade"
    case restrict = "Restrict"
    case noAction = "NoAction"
    case setNull = "SetNull"
    case setDefault = "SetDefault"
}
