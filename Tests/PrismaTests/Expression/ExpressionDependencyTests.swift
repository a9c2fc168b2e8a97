import Prisma
import PrismaSchema
import ShopClient
import Synchronization
import Testing

/// The dependency walk says what an expression reads: all of it, and nothing else.
@Suite struct ExpressionDependencyTests {
    private final class Reads: Sendable {
        let columns = Mutex<Set<ExpressionDependencies.Member>>([])
        let relations = Mutex<Set<ExpressionDependencies.Member>>([])
    }

    /// A row that writes down what is read of it.
    private struct ObservedRow: EvaluationRow {
        let row: RowGraph.Row
        let reads: Reads

        func value(at place: Int) -> SQLValue {
            reads.columns.withLock { _ = $0.insert(.init(model: row.model, field: row.fields[place])) }
            return row.value(at: place)
        }

        func related(by field: String) -> [any EvaluationRow] {
            reads.relations.withLock { _ = $0.insert(.init(model: row.model, field: field)) }
            return row.related(by: field).compactMap { $0 as? RowGraph.Row }.map { ObservedRow(row: $0, reads: reads) }
        }
    }

    @Test func walkNamesWhatIsRead() async throws {
        let shop = try await Shop.make(.sqlite)
        let rows = ShopRows(seed: 21)
        try await rows.insert(into: shop)
        let graph = try await rows.graph(from: shop)
        let schema = shop.prisma.engine.schema
        var generator = ExpressionGenerator(schema: schema, seed: 22)
        var isExact = 0
        for _ in 0..<3000 {
            let model = generator.model()
            let node = generator.expression(on: model)
            let walk = ExpressionDependencies([node])
            let reads = Reads()
            let expression = try CompiledExpression(node, on: model, in: FieldPlaces(of: schema))
            for row in graph.rows[model] ?? [] {
                _ = try expression.value(of: ObservedRow(row: row, reads: reads), now: ExpressionJudge.now)
            }
            let (columns, relations) = (reads.columns.withLock { $0 }, reads.relations.withLock { $0 })
            // A relation that is read stands for the keys that it goes by, which also break ties.
            let keys = schema.models.flatMap { model in
                model.identifyingFields.map { ExpressionDependencies.Member(model: model.name, field: $0) }
            }
            #expect(columns.isSubset(of: relations.isEmpty ? walk.columns : walk.columns.union(keys)), "\(CanonicalForm.encode(node))")
            #expect(relations.isSubset(of: walk.relations), "\(CanonicalForm.encode(node))")
            // What always reads all of its operands reads exactly what the walk says.
            if node.readsEverything {
                isExact += 1
                #expect(columns == walk.columns, "\(CanonicalForm.encode(node))")
            }
        }
        #expect(isExact > 300)
    }
}

extension ExpressionNode {
    /// Whether no operator may leave an operand unread.
    fileprivate var readsEverything: Bool {
        switch self {
        case .binary(.and, _, _), .binary(.or, _, _), .binary(.coalesce, _, _), .conditional, .aggregate: false
        case .membership(_, let values, _): !values.isEmpty && children.allSatisfy(\.readsEverything)
        default: children.allSatisfy(\.readsEverything)
        }
    }
}
