/// Makes the `Schema` from a draft that has no errors.
struct Resolver {
    private let draft: Draft
    private let names: DatabaseNames
    private var relations: [FieldID: Relation] = [:]

    static func schema(from draft: Draft, warnings: [Diagnostic]) -> Schema {
        var resolver = Resolver(draft: draft)
        for relation in draft.relations { resolver.add(relation) }
        return Schema(
            datasource: draft.datasource, generators: draft.generators, models: draft.models.indices.map { resolver.model($0) },
            enums: draft.enums.map { resolver.enumeration($0) }, warnings: warnings)
    }

    private init(draft: Draft) {
        self.draft = draft
        names = DatabaseNames(provider: draft.provider)
    }

    // MARK: Models

    private func model(_ index: Int) -> Model {
        let model = draft.models[index]
        let keys = ModelKeys(model, draft.provider)
        return Model(
            name: model.name.text, databaseName: model.databaseName, databaseSchema: model.schema?.text,
            documentation: model.documentation, fields: model.fields.indices.map { field(FieldID(model: index, field: $0)) },
            fieldIndex: model.fieldIndex,
            primaryKey: keys.primaryKey, uniques: keys.uniques, indexes: keys.indexes, isIgnored: model.isIgnored, isView: model.isView)
    }

    private func field(_ id: FieldID) -> Field {
        let field = draft[id]
        let kind: Field.Kind
        switch field.type {
        case .scalar(let type): kind = .scalar(type)
        case .enumeration(let index): kind = .enumeration(draft.enums[index].name.text)
        case .unsupported(let text): kind = .unsupported(text)
        case .model, .unknown: kind = relations[id].map { .relation($0) } ?? .unsupported("")
        }
        return Field(
            name: field.name.text, databaseName: field.databaseName, documentation: field.documentation, kind: kind,
            arity: field.arity, default: field.default?.value, isUpdatedAt: field.updatedAt != nil, isIgnored: field.isIgnored,
            isID: field.isID, isUnique: field.isUnique,
            nativeType: field.native.map { NativeType(name: $0.name, arguments: $0.arguments) })
    }

    private func enumeration(_ draft: DraftEnum) -> Enum {
        Enum(
            name: draft.name.text, databaseName: draft.databaseName, databaseSchema: draft.schema?.text,
            documentation: draft.documentation,
            values: draft.values.map {
                EnumValue(name: $0.name.text, databaseName: $0.databaseName, documentation: $0.documentation)
            })
    }

    // MARK: Relations

    private mutating func add(_ relation: DraftRelation) {
        if relation.kind == .manyToMany { return addManyToMany(relation) }
        let attribute = draft[relation.forward].relation
        let model = draft.models[relation.forward.model]
        let other = draft.models[relation.back.model]
        let fields = relation.fields.map { model.fields[$0] }
        let constraint = relation.constraintName
        let actions = ReferentialActions(draft, relation)
        func end(_ isForward: Bool) -> Relation {
            let (mine, theirs) = (fields.map(\.name.text), relation.references.map { other.fields[$0].name.text })
            let manyKind: Relation.Kind = isForward ? .manyToOne : .oneToMany
            return Relation(
                name: relation.name, model: (isForward ? other : model).name.text,
                opposite: draft[isForward ? relation.back : relation.forward].name.text,
                kind: relation.kind == .oneToOne ? .oneToOne : manyKind, fields: isForward ? mine : theirs,
                references: isForward ? theirs : mine, holdsForeignKey: isForward, onDelete: actions.onDelete,
                onUpdate: actions.onUpdate, declaredOnDelete: attribute?.onDelete?.action, declaredOnUpdate: attribute?.onUpdate?.action,
                constraintName: constraint, joinTable: nil)
        }
        relations[relation.forward] = end(true)
        relations[relation.back] = end(false)
    }

    private mutating func addManyToMany(_ relation: DraftRelation) {
        let table = "_" + relation.name
        func end(_ mine: FieldID, _ theirs: FieldID, _ column: String, _ oppositeColumn: String) -> Relation {
            let (model, other) = (draft.models[mine.model], draft.models[theirs.model])
            return Relation(
                name: relation.name, model: other.name.text, opposite: draft[theirs].name.text, kind: .manyToMany,
                fields: ids(model), references: ids(other), holdsForeignKey: false, onDelete: .cascade, onUpdate: .cascade,
                declaredOnDelete: nil, declaredOnUpdate: nil, constraintName: names.foreignKey(table, [column]),
                joinTable: JoinTable(
                    databaseName: table, databaseSchema: draft.models[relation.forward.model].schema?.text, column: column,
                    oppositeColumn: oppositeColumn))
        }
        relations[relation.forward] = end(relation.forward, relation.back, "A", "B")
        relations[relation.back] = end(relation.back, relation.forward, "B", "A")
    }

    private func ids(_ model: DraftModel) -> [String] {
        (model.primaryKey?.fields ?? []).map { model.fields[$0.field].name.text }
    }
}

/// The actions of a relation: as written, or Prisma's defaults.
struct ReferentialActions {
    let onDelete: ReferentialAction
    let onUpdate: ReferentialAction

    init(_ draft: Draft, _ relation: DraftRelation) {
        let attribute = draft[relation.forward].relation
        let fields = relation.fields.map { draft.models[relation.forward.model].fields[$0] }
        let isRequired = fields.contains { $0.arity == .required } || draft[relation.forward].arity == .required
        onDelete = attribute?.onDelete?.action ?? (isRequired ? .restrict : .setNull)
        onUpdate = attribute?.onUpdate?.action ?? .cascade
    }
}

/// The keys and indexes of a model, with the names that the client and the database know them by.
private struct ModelKeys {
    var primaryKey: PrimaryKey?
    var uniques: [UniqueIndex] = []
    var indexes: [Index] = []

    init(_ model: DraftModel, _ provider: Provider) {
        for key in ModelKeys.ordered(model.keys) {
            let fields = key.fields.map { field in
                IndexField(
                    name: model.fields[field.field].name.text, sort: field.sort, length: field.length,
                    operatorClass: field.operatorClass.map { $0.isRaw ? $0.name : OperatorClass(name: $0.name)?.databaseName ?? $0.name })
            }
            let client = key.name?.text ?? fields.map(\.name).joined(separator: "_")
            switch key.kind {
            case .id:
                let constraint = provider == .sqlite ? nil : key.databaseName
                primaryKey = PrimaryKey(name: client, databaseName: constraint, fields: fields, isClustered: key.isClustered)
            case .unique:
                uniques.append(
                    UniqueIndex(
                        name: client, databaseName: key.databaseName, fields: fields,
                        isClustered: key.isClustered))
            case .index, .fulltext:
                indexes.append(
                    Index(
                        databaseName: key.databaseName, fields: fields,
                        algorithm: key.algorithm ?? .bTree, isFulltext: key.kind == .fulltext, isClustered: key.isClustered))
            }
        }
    }

    /// Fulltext indexes come last, as formatting puts them, so that formatting never changes the order.
    private static func ordered(_ keys: [DraftKey]) -> [DraftKey] {
        if !keys.contains(where: { $0.kind == .fulltext }) { return keys }
        return keys.filter { $0.kind != .fulltext } + keys.filter { $0.kind == .fulltext }
    }
}
