import Foundation
import Prisma
import PrismaSchema
import ShopClient
import Testing

/// Numbers computed straight from a row's cells are the ones that expressions give, to the last bit that a model sees.
@Suite struct CellProgramTests {
    private static let null: Float = -77.5

    @Test(arguments: Shop.dialects) func programsAgreeWithExpressions(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let rows = ShopRows(seed: 5)
        try await rows.insert(into: shop)
        let graph = try await rows.graph(from: shop)
        let schema = shop.prisma.engine.schema
        var generator = ExpressionGenerator(schema: schema, seed: 5)
        var (accepted, refused) = (0, 0)
        for model in ["User", "Order"] {
            let plan = try shop.prisma.engine.plan(model)
            var nodes: [ExpressionNode] = []
            while nodes.count < 600 {
                let node = generator.expression(on: model)
                guard [.bool, .int, .bigInt, .double].contains(node.type) else { continue }
                var alone = Self.compiler(plan.model)
                if alone.add(node, column: 0, null: Self.null) { nodes.append(node) } else { refused += 1 }
            }
            accepted += nodes.count
            // All in one program: they share columns, constants and parts.
            var compiler = Self.compiler(plan.model)
            for (column, node) in nodes.enumerated() {
                let isAdded = compiler.add(node, column: column, null: Self.null)
                #expect(isAdded)
            }
            let program = compiler.program()
            let fields = plan.fields.map(\.name)
            let places = program.loads.compactMap { load in fields.firstIndex(of: load.field) }

            let expected = try nodes.map { node in
                let expression = try CompiledExpression(node, on: model, in: FieldPlaces(of: schema))
                return try (graph.rows[model] ?? []).map { try Self.float(expression.value(of: $0, now: ExpressionJudge.now)) }
            }
            // From the values of records.
            var registers = program.makeRegisters(now: ExpressionJudge.now)
            var numbers = [Float](repeating: 0, count: nodes.count)
            for (index, row) in (graph.rows[model] ?? []).enumerated() {
                try registers.withUnsafeMutableBufferPointer { registers in
                    try numbers.withUnsafeMutableBufferPointer { numbers in
                        guard let registers = registers.baseAddress, let start = numbers.baseAddress else { return }
                        try program.encode(row, places, registers: registers, into: start)
                    }
                }
                for (column, node) in nodes.enumerated() where numbers[column].bitPattern != expected[column][index].bitPattern {
                    Issue.record("\(node) of \(row) is \(numbers[column]), not \(expected[column][index])")
                }
            }
            // From the cells of a query, with the record somewhere in the row.
            var request = FindRequest(model: model)
            request.order = try plan.keyColumns().map { RowOrder($0, descending: false) }
            request.selections = [.literal(.int(1), .bigInt)]
            let statement = try request.statement(in: shop.prisma.engine)
            let count = nodes.count
            let found = try await shop.prisma.engine.withConnection(for: .read) { connection in
                try await connection.query(statement) { rows in
                    var found: [[Float]] = []
                    var registers = program.makeRegisters(now: ExpressionJudge.now)
                    while let row = try rows.next() {
                        var numbers = [Float](repeating: 0, count: count)
                        try registers.withUnsafeMutableBufferPointer { registers in
                            try numbers.withUnsafeMutableBufferPointer { numbers in
                                guard let registers = registers.baseAddress, let start = numbers.baseAddress else { return }
                                try program.encode(
                                    row, places.map { .record($0) }, record: 0, further: row.count, registers: registers, into: start)
                            }
                        }
                        found.append(numbers)
                    }
                    return found
                }
            }
            #expect(found.count == graph.rows[model]?.count)
            for (index, numbers) in found.enumerated() {
                for (column, node) in nodes.enumerated() where numbers[column].bitPattern != expected[column][index].bitPattern {
                    Issue.record("\(node) of row \(index) is \(numbers[column]) from its cells, not \(expected[column][index])")
                }
            }
        }
        // The generator makes much that no program can be of; that it makes enough that one can is part of the test.
        #expect(accepted == 1200 && refused > 0)
    }

    @Test func textIsReadOnlyWhereItIsAtHand() async throws {
        let shop = try await Shop.make(.sqlite)
        let plan = try shop.prisma.engine.plan("User")
        let name = ExpressionNode.column(ColumnReference(depth: 0, model: "User", field: "name", type: .string))
        for (node, isText) in [
            (ExpressionNode.unary(.length, name), true), (.unary(.isNull, name), true), (.unary(.lowercased, name), false),
        ] {
            var reading = Self.compiler(plan.model)
            let isAdded = reading.add(node, column: 0, null: 0)
            #expect(isAdded == isText)
            var blind = Self.compiler(plan.model, readsTexts: false)
            let isAddedBlindly = blind.add(node, column: 0, null: 0)
            #expect(!isAddedBlindly)
            // What is refused leaves nothing behind.
            #expect(blind.program().loads.isEmpty)
        }
    }

    private static func compiler(_ model: PrismaSchema.Model, readsTexts: Bool = true) -> CellCompiler {
        CellCompiler(model: model.name, readsTexts: readsTexts) { column in
            switch model.field(named: column.field)?.valueType {
            case .bool: .bool
            case .int, .bigInt: .integer
            case .double: .real
            case .date: .timestamp
            case .string, .enumeration, .json, .bytes, .decimal: .length
            case .list, nil: nil
            }
        }
    }

    private static func float(_ value: SQLValue) -> Float {
        let number = value.asDouble.map { Float($0) } ?? .nan
        if case .int(let whole) = value { return Float(whole) }
        return number.isNaN ? null : number
    }
}
