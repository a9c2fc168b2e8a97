/// Something that can be included beside a row: a relation's rows, a prediction.
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

    package init(selections: [ExpressionNode], makeCollector: @escaping @Sendable () -> any InclusionCollector<Loaded>) {
        self.selections = selections
        self.makeCollector = makeCollector
    }
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
}
