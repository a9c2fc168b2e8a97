import Prisma
import ShopClient
import Testing

@Suite struct StructureTests {
    private static let documents = [
        #"{"theme": {"name": "Dark", "size": 12}, "tags": ["a", "b"]}"#, #"{"theme": {"name": "Light", "size": 3.5}, "tags": ["b"]}"#,
        #"{"theme": null, "tags": []}"#,
    ]

    @Test(arguments: Shop.dialects) func findsByJSON(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        for (index, document) in Self.documents.enumerated() {
            try await shop.prisma.user.create(.init(email: "\(index + 1)", settings: try JSON(parsing: document)))
        }
        try await shop.prisma.user.create(.init(email: "4"))
        let rows: [(String, String)] = [
            (#"{"path": ["theme", "name"], "equals": "Dark"}"#, "[1]"),
            (#"{"path": ["theme", "name"], "not": "Dark"}"#, "[2]"),
            (#"{"path": "$.theme.name", "string_starts_with": "D"}"#, "[1]"),
            (#"{"path": ["theme", "name"], "string_contains": "IGH", "mode": "insensitive"}"#, "[2]"),
            (#"{"path": ["theme", "name"], "string_ends_with": "ht"}"#, "[2]"),
            (#"{"path": ["theme", "size"], "gt": 4}"#, "[1]"),
            (#"{"path": ["theme", "size"], "gte": 3.5, "lt": 12}"#, "[2]"),
            (#"{"path": ["theme", "name"], "lt": "E"}"#, "[1]"),
            (#"{"path": ["tags"], "array_contains": ["b"]}"#, "[1,2]"),
            (#"{"path": ["tags"], "array_contains": ["a", "b"]}"#, "[1]"),
            (#"{"path": ["tags"], "array_contains": "a"}"#, "[1]"),
            (#"{"path": ["tags"], "array_starts_with": "a"}"#, "[1]"),
            (#"{"path": ["tags"], "array_ends_with": "b"}"#, "[1,2]"),
            (#"{"path": ["tags", 1], "equals": "b"}"#, "[1]"),
            (#"{"path": ["theme"], "equals": {"$special": "JsonNull"}}"#, "[3]"),
            (#"{"path": ["none"], "equals": {"$special": "DbNull"}}"#, "[1,2,3,4]"),
            (#"{"equals": {"tags": [], "theme": null}}"#, "[3]"),
            (#"{"equals": {"$special": "DbNull"}}"#, "[4]"),
        ]
        for (filter, ids) in rows {
            let row = DynamicRow(
                "findMany", "User", #"{"where": {"settings": \#(filter)}, "orderBy": {"id": "asc"}, "select": {"id": true}}"#,
                (try JSON(parsing: ids)).array.map { JSON.array($0.map { ["id": $0] }).text } ?? "")
            await row.check(shop.dynamic)
        }
        let user = shop.prisma.user
        #expect(try await user.findMany(where: { $0.settings.text(at: "theme", "name") == "Dark" }).map(\.id) == [1])
        #expect(try await user.findMany(where: { $0.settings.number(at: "theme", "size") < 4 }).map(\.id) == [2])
        #expect(try await user.findMany(where: { $0.settings.part(at: "tags").hasElements(["b"]) }).map(\.id) == [1, 2])
    }

    @Test(.enabled(if: Shop.dialects.contains(.postgresql))) func findsByLists() async throws {
        let sample = try await SampleDatabase.make(
            .postgresql,
            schema: """
                enum Role {
                  ADMIN @map("adm")
                  USER
                }
                model Page {
                  id    Int      @id
                  words String[]
                  short String[] @db.VarChar(9)
                  sizes Int[]
                  roles Role[]
                }
                """)
        let queries = DynamicQueries(sample.engine)
        let rows: [DynamicRow] =
            [
                DynamicRow(
                    "createMany", "Page",
                    #"{"data": [{"id": 1, "words": ["a", "b"], "short": ["x"], "sizes": {"set": [1, 2]}, "roles": ["ADMIN"]}, {"id": 2, "words": ["b"], "short": [], "sizes": [], "roles": ["USER", "ADMIN"]}]}"#,
                    #"{"count": 2}"#),
                DynamicRow(
                    "findUnique", "Page", #"{"where": {"id": 1}}"#,
                    #"{"id": 1, "words": ["a", "b"], "short": ["x"], "sizes": [1, 2], "roles": ["ADMIN"]}"#),
            ]
            + [
                (#"{"words": {"has": "a"}}"#, "[1]"), (#"{"words": {"hasEvery": ["b", "a"]}}"#, "[1]"),
                (#"{"words": {"hasSome": ["b", "z"]}}"#, "[1,2]"),
                (#"{"short": {"has": "x"}}"#, "[1]"), (#"{"short": {"hasEvery": ["x"]}}"#, "[1]"), (#"{"short": ["x"]}"#, "[1]"),
                (#"{"sizes": {"has": 2}}"#, "[1]"),
                (#"{"sizes": {"isEmpty": true}}"#, "[2]"), (#"{"sizes": {"isEmpty": false}}"#, "[1]"),
                (#"{"sizes": {"hasSome": [2, 3]}}"#, "[1]"),
                (#"{"words": {"equals": ["b"]}}"#, "[2]"), (#"{"words": ["b"]}"#, "[2]"), (#"{"roles": {"has": "USER"}}"#, "[2]"),
                (#"{"roles": {"hasEvery": ["ADMIN"]}}"#, "[1,2]"),
            ].map { filter, ids in
                DynamicRow(
                    "findMany", "Page", #"{"where": \#(filter), "orderBy": {"id": "asc"}, "select": {"id": true}}"#,
                    (try? JSON(parsing: ids))?.array.map { JSON.array($0.map { ["id": $0] }).text } ?? "")
            } + [
                DynamicRow(
                    "update", "Page",
                    #"{"where": {"id": 2}, "data": {"words": {"push": ["c", "d"]}, "sizes": {"push": 5}, "roles": {"set": []}}, "omit": {"short": true}}"#,
                    #"{"id": 2, "words": ["b", "c", "d"], "sizes": [5], "roles": []}"#)
            ]
        for row in rows { await row.check(queries) }
        withExtendedLifetime(sample) {}
    }

    /// What is asked of a list has the same answer in PostgreSQL and in memory.
    @Test(.enabled(if: Shop.dialects.contains(.postgresql))) func listsAgreeWithMemory() async throws {
        let sample = try await SampleDatabase.make(.postgresql, schema: "model Page { \n id Int @id \n words String[] \n sizes Int[] \n }")
        defer { withExtendedLifetime(sample) {} }
        let engine = sample.engine
        let lists: [(words: [String], sizes: [Int64])] = [
            ([], []), (["a"], [1]), (["a", "b", "a"], [2, 1, 2]), (["", "é", "e\u{301}"], [-1, 2_147_483_647]),
        ]
        var rows: [CreateValues] = []
        for (id, list) in lists.enumerated() {
            var values = CreateValues()
            values.set("id", raw: .int(Int64(id)))
            values.set("words", raw: .list(list.words.map(SQLValue.text)))
            values.set("sizes", raw: .list(list.sizes.map(SQLValue.int)))
            rows.append(values)
        }
        _ = try await engine.insert(rows, into: "Page", returning: .nothing) { _ in }

        func column(_ field: String, _ type: ValueType) -> ExpressionNode {
            .column(ColumnReference(depth: 0, model: "Page", field: field, type: .list(type)))
        }
        var questions: [ExpressionNode] = []
        func ask(_ list: ExpressionNode, _ element: ValueType, _ others: [[SQLValue]]) {
            for other in others {
                let operand = ExpressionNode.literal(.list(other), .list(element))
                questions += [StructureOperator.hasEvery, .hasSome, .append].map { .structure($0, [list, operand]) }
                questions.append(.binary(.equal, list, operand))
                for value in other { questions.append(.structure(.has, [list, .literal(value, element)])) }
            }
        }
        ask(column("words", .string), .string, [[], ["a"], ["b", "a"], ["z"], ["é"], [""]].map { $0.map(SQLValue.text) })
        ask(column("sizes", .int), .int, [[], [1], [2, 1], [9, 2], [-1]].map { $0.map(SQLValue.int) })

        let nodes = questions
        var request = FindRequest(model: "Page")
        request.selectsRecord = false
        request.selections = nodes
        request.order = [RowOrder(.column(ColumnReference(depth: 0, model: "Page", field: "id", type: .int)), descending: false)]
        let statement = try request.statement(in: engine)
        let answers = try await engine.withConnection(for: .read) { connection in
            try await engine.query(statement, on: connection, model: "Page") { rows in
                var answers: [[SQLValue]] = []
                while var row = try rows.next() { answers.append(try nodes.map { try row.value(of: $0.type) }) }
                return answers
            }
        }
        struct Row: EvaluationRow {
            var values: [SQLValue]
            func value(at place: Int) -> SQLValue { values[place] }
            func related(by field: String) -> [any EvaluationRow] { [] }
        }
        for (index, list) in lists.enumerated() {
            let row = Row(values: [.int(Int64(index)), .list(list.words.map(SQLValue.text)), .list(list.sizes.map(SQLValue.int))])
            for (question, answer) in zip(questions, answers[index]) {
                let expression = try CompiledExpression(question, on: "Page", in: FieldPlaces(of: engine.schema))
                #expect(try expression.value(of: row, now: 0) == answer, "\(CanonicalForm.encode(question)) of \(list)")
            }
        }
    }
}
