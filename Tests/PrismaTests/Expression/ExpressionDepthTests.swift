import Prisma
import PrismaSchema
import ShopClient
import Testing

@Suite struct ExpressionDepthTests {
    private func chains(_ count: Int) -> [(name: String, node: ExpressionNode)] {
        let user = User.columns
        var not = user.isActive
        var and = user.isActive
        var sum = user.visits
        var text = user.email
        var value = user.name ?? "x"
        var choice = user.visits
        var related = user.orders
        for index in 0..<count {
            not = !not
            and = and && user.visits > index
            sum = sum + 1
            text = text.appending("x")
            value = user.name ?? value
            choice = when(user.visits > index, then: choice, else: 0)
            related = related.where { $0.quantity > index }
        }
        return [
            ("not", not.node), ("and", and.node), ("sum", sum.node), ("text", text.node), ("value", value.node), ("choice", choice.node),
            ("where", related.count.node),
        ]
    }

    @Test(arguments: Shop.dialects) func tooDeepIsAnErrorOfTheQuery(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        for (name, node) in chains(10_000) {
            let error = await #expect(throws: PrismaError.self, "\(name)") {
                _ = try await shop.prisma.user.findMany(where: { _ in RowExpression<Bool>(node: node).isNull })
            }
            #expect(error?.code == .invalidExpression)
            #expect(error?.message.contains("levels deep") == true)
        }
    }

    @Test func noReaderRunsOutOfStack() throws {
        let schema = try PrismaClient.schema.get()
        for (_, node) in chains(10_000) {
            #expect(node.depth <= ExpressionNode.depthLimit)
            #expect(CanonicalForm.encode(node).contains("tooDeep"))
            _ = ExpressionDependencies([node])
            #expect(throws: PrismaError.self) { try CompiledExpression(node, on: "User", in: FieldPlaces(of: schema)) }
        }
        let nested = String(repeating: #"["unary","not","#, count: 10_000) + #"["now"]"# + String(repeating: "]", count: 10_000)
        #expect(throws: PrismaError.self) { try CanonicalForm.decode(#"{"expression":\#(nested),"version":1}"#) }
    }

    /// As deep as is allowed must work everywhere: SQLite's parser is the first to give up.
    @Test(arguments: Shop.dialects) func asDeepAsIsAllowed(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        for (name, node) in chains(190) where dialect == .postgresql || !["not", "text", "value", "choice"].contains(name) {
            _ = try await shop.prisma.user.findMany(where: { _ in RowExpression<Bool>(node: .unary(.isNull, node)) })
        }
    }

    @Test(arguments: Shop.dialects) func joinsThousandsOfConditions(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let user = shop.prisma.user
        #expect(try await user.count(where: { row in any(of: (0..<3000).map { row.visits == $0 }) }) == 3)
        #expect(try await user.count(where: { row in all(of: (0..<3000).map { row.visits != $0 }) }) == 0)
        #expect(try await user.count(where: { _ in all(of: []) }) == 3)
        #expect(try await user.count(where: { _ in any(of: []) }) == 0)
    }
}
