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
