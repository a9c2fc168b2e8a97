/// What is read of each row at the other end of a relation, and what is included beside it.
struct RelatedContent<Base: Sendable, each Loaded: Sendable>: Sendable {
    /// What is selected in place of the record's columns; nil for the record.
    let columns: [ExpressionNode]?
    let read: @Sendable (inout SQLRow) throws(PrismaError) -> Base
    let inclusions: (repeat Inclusion<each Loaded>)

    init(
        columns: [ExpressionNode]? = nil, _ read: @escaping @Sendable (inout SQLRow) throws(PrismaError) -> Base,
        including inclusions: repeat Inclusion<each Loaded>
    ) {
        self.columns = columns
        self.read = read
        self.inclusions = (repeat each inclusions)
    }
}

extension RelatedRows {
    /// Includes what `content` reads of the rows of the relation; `assemble` makes of a row's part of them what it is given.
    func inclusion<Base: Sendable, each Loaded: Sendable, Result: Sendable>(
        of content: RelatedContent<Base, repeat each Loaded>,
        _ assemble: @escaping @Sendable ([(Base, repeat each Loaded)]) throws -> Result
    ) async throws -> Inclusion<Result> {
        try await engine.prepareFunctions(
            of: nodes + (content.columns ?? []) + InclusionReader(repeat each content.inclusions, rows: nil, canJoin: false).selections)
        let joined = { @Sendable (rows: Int?) -> JoinedInclusion<Result>? in
            guard self.isBetterJoined(rows: rows) else { return nil }
            let reader = InclusionReader(repeat each content.inclusions, rows: rows)
            // What a function answers for rows is prepared for each statement, not for what is joined to one.
            guard !((content.columns ?? []) + reader.selections).contains(where: \.hasFunction) else { return nil }
            let join = RelationJoin(related: self, columns: content.columns, selections: reader.selections, joins: reader.joins)
            return JoinedInclusion(join: join) {
                JoinCollector(join: join, reader: reader, content: content, assemble: assemble)
            }
        }
        return Inclusion(selections: parentKey, joined: joined) {
            RelationCollector(related: self, content: content, assemble: assemble)
        }
    }
}

/// Collects the keys of the rows above, then loads the rows below once.
private struct RelationCollector<Base: Sendable, each Loaded: Sendable, Result: Sendable>: InclusionCollector {
    let related: RelatedRows
    let content: RelatedContent<Base, repeat each Loaded>
    let assemble: @Sendable ([(Base, repeat each Loaded)]) throws -> Result
    private var keys: [SQLValue] = []

    init(
        related: RelatedRows, content: RelatedContent<Base, repeat each Loaded>,
        assemble: @escaping @Sendable ([(Base, repeat each Loaded)]) throws -> Result
    ) {
        self.related = related
        self.content = content
        self.assemble = assemble
    }

    mutating func collect(_ row: inout SQLRow) throws {
        keys.append(try related.key(from: &row))
    }

    consuming func load(in context: QueryContext) async throws -> [Result] {
        var seen: Set<SQLValue> = []
        let distinct = keys.filter { !$0.isNull && seen.insert($0).inserted }
        var groups: [SQLValue: [(Base, repeat each Loaded)]] = [:]
        if !distinct.isEmpty {
            let (rows, rowKeys) = try await related.load(distinct, content, in: context)
            for (row, key) in zip(rows, rowKeys) { groups[key, default: []].append(row) }
        }
        return try keys.map { try assemble(groups[$0] ?? []) }
    }
}

/// Reads the related row out of the row that it was joined to.
private struct JoinCollector<Base: Sendable, each Loaded: Sendable, Result: Sendable>: InclusionCollector {
    let join: RelationJoin
    var reader: InclusionReader
    let content: RelatedContent<Base, repeat each Loaded>
    let assemble: @Sendable ([(Base, repeat each Loaded)]) throws -> Result
    private let record = Base.self as? any Record.Type
    private var bases: [Base] = []
    /// For each row above whether it has a related one.
    private var isThere: [Bool] = []

    init(
        join: RelationJoin, reader: InclusionReader, content: RelatedContent<Base, repeat each Loaded>,
        assemble: @escaping @Sendable ([(Base, repeat each Loaded)]) throws -> Result
    ) {
        self.join = join
        self.reader = reader
        self.content = content
        self.assemble = assemble
    }

    mutating func collect(_ row: inout SQLRow) throws {
        let isThere = try join.isThere(&row)
        self.isThere.append(isThere)
        guard isThere else { return }
        let start = row.position
        row.beginRecord(record)
        do {
            bases.append(try content.read(&row))
        } catch {
            throw join.located(error, from: start)
        }
        try reader.collect(&row)
    }

    consuming func load(in context: QueryContext) async throws -> [Result] {
        var loader = reader.loader(in: context)
        let loaded = (repeat try await loader.next(each content.inclusions))
        var position = 0
        var results: [Result] = []
        results.reserveCapacity(isThere.count)
        for isThere in isThere {
            guard isThere else {
                results.append(try assemble([]))
                continue
            }
            results.append(try assemble([(bases[position], repeat (each loaded)[position])]))
            position += 1
        }
        return results
    }
}
