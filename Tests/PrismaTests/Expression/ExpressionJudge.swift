import Prisma
import PrismaSchema
import ShopClient

/// Asks both databases and the evaluation in memory the same, and compares the answers.
struct ExpressionJudge: Sendable {
    let shops: [Shop]
    let graph: RowGraph

    /// An expression and what it was asked about.
    struct Question: Sendable {
        var model: String
        var node: ExpressionNode
    }

    /// Where answers differ.
    struct Disagreement: Sendable {
        var question: Question
        var row: RowGraph.Row
        var answers: [(name: String, answer: Answer)]
    }

    enum Answer: Equatable, Sendable {
        case value(SQLValue)
        case failure(String)
    }

    init(rows seed: UInt64) async throws {
        let rows = ShopRows(seed: seed)
        var shops: [Shop] = []
        var graphs: [RowGraph] = []
        for dialect in Shop.dialects {
            let shop = try await Shop.make(dialect)
            try await rows.insert(into: shop)
            graphs.append(try await rows.graph(from: shop))
            shops.append(shop)
        }
        self.shops = shops
        graph = graphs[0]
    }

    static var now: Int64 { Shop.clock.microsecondsSince1970 }

    /// The first disagreement about each question.
    func disagreements(on questions: [Question]) async -> [Disagreement] {
        var found: [Disagreement] = []
        for (model, questions) in Dictionary(grouping: questions, by: \.model) {
            let nodes = questions.map(\.node)
            var answers: [(name: String, columns: [[Answer]])] = []
            await withTaskGroup(of: (Int, String, [[Answer]]).self) { group in
                for (index, shop) in shops.enumerated() {
                    group.addTask { (index, shop.prisma.engine.dialect.rawValue, await ask(shop, model, nodes)) }
                }
                answers.append(("memory", nodes.map { evaluate($0, model) }))
                var rest: [(Int, String, [[Answer]])] = []
                for await part in group { rest.append(part) }
                answers += rest.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
            }
            for (index, question) in questions.enumerated() {
                for (position, row) in (graph.rows[model] ?? []).enumerated() {
                    let given = answers.map { (name: $0.name, answer: $0.columns[index][position]) }
                    if given.dropFirst().allSatisfy({ $0.answer.agrees(with: given[0].answer) }) { continue }
                    found.append(Disagreement(question: question, row: row, answers: given))
                    break
                }
            }
        }
        return found
    }

    private func evaluate(_ node: ExpressionNode, _ model: String) -> [Answer] {
        let rows = graph.rows[model] ?? []
        do {
            let expression = try CompiledExpression(node, on: model, in: FieldPlaces(of: shops[0].prisma.engine.schema))
            guard let first = rows.first else { return [] }
            var context = EvaluationContext(first, now: Self.now, rowCount: expression.rowCount)
            return try rows.map { row in
                context.move(to: row)
                return .value(try expression.value(in: &context))
            }
        } catch {
            return rows.map { _ in .failure("\(error)") }
        }
    }

    /// One column of answers for each node, in the order of the graph's rows. A statement that fails is asked again node by node.
    private func ask(_ shop: Shop, _ model: String, _ nodes: [ExpressionNode]) async -> [[Answer]] {
        let engine = shop.prisma.engine
        do {
            let keys = try engine.plan(model).keyColumns()
            var request = FindRequest(model: model)
            request.selectsRecord = false
            request.selections = keys + nodes
            let statement = try request.statement(in: engine)
            let answers = try await engine.withConnection(for: .read) { connection in
                try await engine.query(statement, on: connection, model: model) { rows in
                    var answers: [[SQLValue]: [Answer]] = [:]
                    while var row = try rows.next() {
                        let key = try keys.map { try row.value(of: $0.type) }
                        answers[key] = try nodes.map { .value(try row.value(of: $0.type)) }
                    }
                    return answers
                }
            }
            let rows = (graph.rows[model] ?? []).map { row in
                answers[keys.map { if case .column(let column) = $0 { row[column.field] } else { .null } }]
            }
            return nodes.indices.map { index in rows.map { $0?[index] ?? .failure("The row is not there.") } }
        } catch  where nodes.count > 1 {
            var columns: [[Answer]] = []
            for node in nodes { columns += await ask(shop, model, [node]) }
            return columns
        } catch {
            let text = ((error as? PrismaError).map { "\($0.code) \($0.message) \($0.databaseMessage ?? "")" }) ?? "\(error)"
            return [Array(repeating: .failure(text), count: 1000)]
        }
    }

    func sql(_ question: Question) -> [String] {
        shops.map { shop in
            var request = FindRequest(model: question.model)
            request.selectsRecord = false
            request.selections = [question.node]
            let statement = try? request.statement(in: shop.prisma.engine)
            return
                "\(shop.prisma.engine.dialect.rawValue): \(statement?.text ?? "not written")\n    with \(statement?.bindings.map(\.shown) ?? [])"
        }
    }
}

extension ExpressionJudge.Answer {
    /// Everything is to be the same but doubles, which may differ in the 12th digit, and the sign of 0, which SQLite does not store.
    func agrees(with other: Self) -> Bool {
        switch (self, other) {
        case (.value(.double(let a)), .value(.double(let b))):
            a == b || a.isNaN && b.isNaN || (a.isFinite && b.isFinite && abs(a - b) <= 1e-12 * max(abs(a), abs(b)))
        case (.value(.json(let a)), .value(.json(let b))): (try? JSON(parsing: a)) == (try? JSON(parsing: b))
        default: self == other
        }
    }

    var shown: String {
        switch self {
        case .value(let value): value.shown
        case .failure(let message): "error: \(message)"
        }
    }
}
