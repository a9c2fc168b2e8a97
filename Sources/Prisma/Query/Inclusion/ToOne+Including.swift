extension ToOne: Includable {
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Target> {
        try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: RelatedContent(Target.init(row:)), required)
    }

    /// The related row with more beside it.
    ///
    /// ```swift
    /// prisma.order.findMany(include: { $0.user.include { $0.profile } })   // [(Order, (User, Profile?))]
    /// ```
    public func include<each Item: Includable>(
        _ items: (Target.Columns) -> (repeat each Item)
    ) -> RelationInclusion<(Target, repeat (each Item).Loaded)> {
        let items = (repeat each items(Target.columns))
        return RelationInclusion { engine in
            let inclusions = (repeat try await (each items).inclusion(in: engine))
            let content = RelatedContent(Target.init(row:), including: repeat each inclusions)
            return try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: content, required)
        }
    }

    /// Only some values of the related row.
    public func select<each Value: ColumnValue>(
        _ values: (Target.Columns) -> (repeat RowExpression<each Value>)
    ) -> RelationInclusion<(repeat each Value)> {
        let columns = nodes(repeat each values(Target.columns))
        return RelationInclusion { engine in
            let content = RelatedContent(columns: columns) { (row: inout SQLRow) throws(PrismaError) in (repeat try (each Value)(row: &row))
            }
            return try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: content, required)
        }
    }

    private func required<Row>(_ rows: [Row]) throws(PrismaError) -> Row {
        guard let row = rows.first else {
            throw PrismaError(
                .relatedRecordMissing, "A required related record does not exist.", model: scope.model, fields: [field],
                help: "The foreign key points to no row: repair the data, or make the relation optional.")
        }
        return row
    }
}

extension ToOptional: Includable {
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Target?> {
        try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: RelatedContent(Target.init(row:))) {
            $0.first
        }
    }

    /// The related row, where there is one, with more beside it.
    public func include<each Item: Includable>(
        _ items: (Target.Columns) -> (repeat each Item)
    ) -> RelationInclusion<(Target, repeat (each Item).Loaded)?> {
        let items = (repeat each items(Target.columns))
        return RelationInclusion { engine in
            let inclusions = (repeat try await (each items).inclusion(in: engine))
            let content = RelatedContent(Target.init(row:), including: repeat each inclusions)
            return try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: content) { $0.first }
        }
    }

    /// Only some values of the related row, where there is one.
    public func select<each Value: ColumnValue>(
        _ values: (Target.Columns) -> (repeat RowExpression<each Value>)
    ) -> RelationInclusion<(repeat each Value)?> {
        let columns = nodes(repeat each values(Target.columns))
        return RelationInclusion { engine in
            let content = RelatedContent(columns: columns) { (row: inout SQLRow) throws(PrismaError) in (repeat try (each Value)(row: &row))
            }
            return try await RelatedRows(engine: engine, model: scope.model, field: field).inclusion(of: content) { $0.first }
        }
    }
}
