import PrismaSchema

extension DatabaseDefinition {
    /// The database that Prisma makes of a schema: the same names, types and order.
    init(of schema: Schema) {
        let builder = DefinitionBuilder(schema)
        if schema.provider == .postgresql {
            // Prisma sorts them by bytes.
            schemas = builder.namespaces.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            extensions = schema.datasource?.extensions ?? []
            enums = schema.enums.map(builder.enumeration)
        }
        let models = schema.models.filter { !$0.isView }
        tables = models.map(builder.table)
        for model in models {
            for field in model.fields {
                guard let relation = field.relation else { continue }
                // Both ends know the table; the end of column A makes it.
                if let join = relation.joinTable, join.column == "A" { tables += builder.joinTable(join, relation, of: model) }
            }
        }
    }
}

private struct DefinitionBuilder {
    private let schema: Schema
    private let columns: ColumnBuilder
    private let hasForeignKeys: Bool
    let namespaces: [String]

    init(_ schema: Schema) {
        self.schema = schema
        columns = ColumnBuilder(schema)
        hasForeignKeys = schema.datasource?.relationMode != .prisma
        namespaces = schema.datasource?.schemas ?? []
    }

    func enumeration(_ enumeration: Enum) -> EnumDefinition {
        EnumDefinition(name: columns.name(of: enumeration), values: enumeration.values.map(\.databaseName))
    }

    func table(_ model: Model) -> TableDefinition {
        TableDefinition(
            name: name(of: model), columns: model.scalarFields.map(columns.column),
            primaryKey: model.primaryKey.map {
                PrimaryKeyDefinition(name: $0.databaseName, columns: columnNames($0.fields.map(\.name), of: model))
            },
            indexes: indexes(of: model), foreignKeys: hasForeignKeys ? model.fields.compactMap { foreignKey($0, of: model) } : [])
    }

    private func name(of model: Model) -> QualifiedName {
        QualifiedName(schema: namespaces.isEmpty ? nil : model.databaseSchema, name: model.databaseName)
    }

    private func columnNames(_ fields: [String], of model: Model) -> [String] {
        fields.map { model.field(named: $0)?.databaseName ?? $0 }
    }

    // MARK: - Indexes

    /// Prisma's order: `@unique` of fields, then `@@index`, then `@@unique`.
    private func indexes(of model: Model) -> [IndexDefinition] {
        let uniques = model.uniques.map { unique in
            IndexDefinition(name: unique.databaseName, isUnique: true, columns: indexColumns(unique.fields, of: model))
        }
        let ofFields = model.fields.count { $0.isUnique }
        let others = model.indexes.map { index in
            IndexDefinition(
                name: index.databaseName, isUnique: false, columns: indexColumns(index.fields, of: model), algorithm: index.algorithm)
        }
        return uniques.prefix(ofFields) + others + uniques.dropFirst(ofFields)
    }

    private func indexColumns(_ fields: [IndexField], of model: Model) -> [IndexDefinition.Column] {
        fields.map { field in
            IndexDefinition.Column(
                name: model.field(named: field.name)?.databaseName ?? field.name, sort: field.sort, operatorClass: field.operatorClass)
        }
    }

    // MARK: - Relations

    private func foreignKey(_ field: Field, of model: Model) -> ForeignKeyDefinition? {
        guard let relation = field.relation, relation.holdsForeignKey, let other = schema.model(named: relation.model), !other.isView
        else { return nil }
        return ForeignKeyDefinition(
            name: relation.constraintName, columns: columnNames(relation.fields, of: model), referencedTable: name(of: other),
            referencedColumns: columnNames(relation.references, of: other), onDelete: relation.onDelete, onUpdate: relation.onUpdate)
    }

    /// The table of an implicit many-to-many relation, none if an end of it is a view.
    func joinTable(_ join: JoinTable, _ relation: Relation, of model: Model) -> [TableDefinition] {
        guard let other = schema.model(named: relation.model), !other.isView,
            let mine = relation.fields.first.flatMap(model.field(named:)),
            let theirs = relation.references.first.flatMap(other.field(named:))
        else { return [] }
        let limit = schema.provider.maximumNameLength
        let name = shortened(join.databaseName, to: limit)
        var table = TableDefinition(
            name: QualifiedName(schema: namespaces.isEmpty ? nil : model.databaseSchema, name: name),
            columns: [
                ColumnDefinition(name: join.column, type: columns.type(of: mine, counts: false), isRequired: true),
                ColumnDefinition(name: join.oppositeColumn, type: columns.type(of: theirs, counts: false), isRequired: true),
            ])
        let pair = [join.column, join.oppositeColumn]
        switch schema.provider {
        case .postgresql:
            // Prisma 6 and later; 5 made a unique index, as it still does on SQLite.
            table.primaryKey = PrimaryKeyDefinition(name: shortened(name, to: limit, before: "_AB_pkey"), columns: pair)
        case .sqlite:
            table.indexes.append(
                IndexDefinition(
                    name: shortened(name, to: limit, before: "_AB_unique"), isUnique: true, columns: pair.map { .init(name: $0) }))
        }
        table.indexes.append(
            IndexDefinition(
                name: shortened(name, to: limit, before: "_B_index"), isUnique: false, columns: [.init(name: join.oppositeColumn)]))
        guard hasForeignKeys else { return [table] }
        for (column, model, field) in [(join.column, model, mine), (join.oppositeColumn, other, theirs)] {
            table.foreignKeys.append(
                ForeignKeyDefinition(
                    // The column's letter is never cut away: both names would be the same.
                    name: shortened(name, to: limit, before: "_\(column)_fkey"), columns: [column],
                    referencedTable: self.name(of: model), referencedColumns: [field.databaseName], onDelete: .cascade,
                    onUpdate: .cascade))
        }
        return [table]
    }

    /// The name with a suffix, cut before it at a whole character where the database would cut it anywhere.
    private func shortened(_ name: String, to limit: Int, before suffix: String = "") -> String {
        var bytes = 0
        let kept = name.unicodeScalars.prefix { scalar in
            bytes += UTF8.width(scalar)
            return bytes <= limit - suffix.utf8.count
        }
        return String(kept) + suffix
    }
}
