/// Something that can be included beside a row: a relation's rows, a computed value, a prediction.
public protocol Includable<Loaded>: Sendable {
    /// What a row of the result holds for it.
    associatedtype Loaded: Sendable

    func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Loaded>
}

/// How to include something: what rides along in the query for the rows, and what is made of it afterwards.
public struct Inclusion<Loaded: Sendable>: Sendable {
    /// Extra columns of the query.
    package let selections: [ExpressionNode]
    package let makeCollector: @Sendable () -> any InclusionCollector<Loaded>
    /// The same as a part of the query for the rows, where that can be done and is better for so many rows (nil: any number).
    let joined: (@Sendable (_ rows: Int?) -> JoinedInclusion<Loaded>?)?

    package init(selections: [ExpressionNode], makeCollector: @escaping @Sendable () -> any InclusionCollector<Loaded>) {
        self.init(selections: selections, joined: nil, makeCollector: makeCollector)
    }

    init(
        selections: [ExpressionNode], joined: (@Sendable (_ rows: Int?) -> JoinedInclusion<Loaded>?)?,
        makeCollector: @escaping @Sendable () -> any InclusionCollector<Loaded>
    ) {
        self.selections = selections
        self.joined = joined
        self.makeCollector = makeCollector
    }
}

/// An inclusion whose rows the query for the rows above brings along.
struct JoinedInclusion<Loaded: Sendable>: Sendable {
    let join: RelationJoin
    let makeCollector: @Sendable () -> any InclusionCollector<Loaded>
}

/// Gathers the extra columns, row by row, then loads what they lead to: one element for each row.
package protocol InclusionCollector<Loaded>: Sendable {
    associatedtype Loaded: Sendable

    mutating func collect(_ row: inout SQLRow) throws
    consuming func load(in context: QueryContext) async throws -> [Loaded]
}

/// What the parts of one query share.
package struct QueryContext: Sendable {
    package var engine: PrismaEngine
    package var connection: any SQLConnection

    package init(engine: PrismaEngine, connection: any SQLConnection) {
        self.engine = engine
        self.connection = connection
    }
}

extension RowExpression: Includable {
    /// Puts a value that the database computes beside each row.
    ///
    /// ```swift
    /// prisma.user.findMany(include: { ($0.profile, $0.orders.count) })   // [(User, Profile?, Int)]
    /// ```
    public func inclusion(in engine: PrismaEngine) -> Inclusion<Value> {
        Inclusion(selections: [node]) { ValueCollector<Value>() }
    }
}

private struct ValueCollector<Value: ColumnValue>: InclusionCollector {
    private var values: [Value] = []

    mutating func collect(_ row: inout SQLRow) throws {
        values.append(try Value(row: &row))
    }

    consuming func load(in context: QueryContext) -> [Value] { values }
}
