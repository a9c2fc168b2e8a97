import Prisma
import ShopClient
import Synchronization
import Testing

@Suite struct DynamicSessionTests {
    /// Asks one thing and waits for the answer.
    private func ask(_ session: DynamicSession, _ line: String) async throws -> JSON {
        let text = await withCheckedContinuation { continuation in
            Task { await session.submit(line) { continuation.resume(returning: $0) } }
        }
        return try JSON(parsing: text)
    }

    @Test func answersBadLines() async throws {
        let shop = try await Shop.make(.sqlite)
        let session = DynamicSession(shop.prisma.engine)
        let rows: [(String, JSON, String)] = [
            ("", nil, "The line is not JSON"), ("{", nil, "The line is not JSON"), ("[]", nil, "this should be an object"),
            (#"{"id": 7}"#, 7, "`action` is missing."), (#"{"id": "a", "action": 3}"#, "a", "`action`: this should be a string"),
            (#"{"id": 1, "action": "count"}"#, 1, "needs a model"),
            (#"{"id": 1, "action": "count", "modle": "User"}"#, 1, "`modle` is unknown"),
            (#"{"id": 1, "action": "count", "model": "User", "tx": "none"}"#, 1, "There is no transaction of this name"),
            (#"{"id": 1, "action": "$commit"}"#, 1, "needs a transaction"),
            (#"{"id": 1, "action": "$begin", "args": {"timeout": -1}}"#, 1, "up to a day"),
            (#"{"id": 1, "action": "count", "model": "User", "args": []}"#, 1, "this should be an object"),
            (String(repeating: "[", count: 100_000), nil, "The line is not JSON"),
            (
                #"{"id": 1, "action": "count", "model": "User", "args": {"where": "# + String(repeating: #"{"NOT": "#, count: 400) + "{}"
                    + String(repeating: "}", count: 401) + "}", 1, ""
            ),
        ]
        for (line, id, message) in rows {
            let answer = try await ask(session, line)
            #expect(answer["id"] == id, "\(line.prefix(60))")
            #expect(answer["error"]?["message"]?.string?.contains(message) ?? message.isEmpty, "\(line.prefix(60)): \(answer)")
        }
        #expect(try await ask(session, #"{"id": 1, "action": "count", "model": "User"}"#) == ["id": 1, "data": 0])
        await session.finish()
    }

    @Test(arguments: Shop.dialects) func batchesAllOrNothing(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let session = DynamicSession(shop.prisma.engine)
        func batch(_ second: String) async throws -> JSON {
            try await ask(
                session,
                #"{"id": 1, "action": "$batch", "requests": [{"action": "create", "model": "Tag", "args": {"data": {"default": "a"}, "select": {"default": true}}}, {"action": "create", "model": "Tag", "args": {"data": {"default": "\#(second)"}, "select": {"default": true}}}]}"#
            )
        }
        #expect(try await batch("a")["error"]?["code"] == "P2002")
        #expect(try await shop.prisma.tag.count() == 0)
        #expect(try await batch("b") == ["id": 1, "data": [["default": "a"], ["default": "b"]]])
        await session.finish()
    }

    @Test(arguments: Shop.dialects) func keepsTransactionsApart(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let session = DynamicSession(shop.prisma.engine)
        func begin() async throws -> String { try #require(try await ask(session, #"{"action": "$begin"}"#)["data"]?["tx"]?.string) }
        func create(_ tag: String, _ tx: String) async throws {
            let answer = try await ask(
                session, #"{"action": "create", "model": "Tag", "tx": "\#(tx)", "args": {"data": {"default": "\#(tag)"}}}"#)
            #expect(answer["data"]?["default"] == .string(tag))
        }
        func count(_ tx: String?) async throws -> JSON? {
            try await ask(session, #"{"action": "count", "model": "Tag"\#(tx.map { #", "tx": "\#($0)""# } ?? "")}"#)["data"]
        }
        let first = try await begin()
        try await create("a", first)
        #expect(try await count(first) == 1)
        #expect(try await count(nil) == 0)
        if dialect == .postgresql {
            // SQLite has one writer: a second transaction would wait for the first.
            let second = try await begin()
            try await create("b", second)
            try await create("c", first)
            #expect(try await count(second) == 1)
            #expect(try await ask(session, #"{"id": 1, "action": "$rollback", "tx": "\#(second)"}"#) == ["id": 1, "data": nil])
            #expect(try await count(first) == 2)
        }
        #expect(try await ask(session, #"{"id": 2, "action": "$commit", "tx": "\#(first)"}"#) == ["id": 2, "data": nil])
        #expect(try await count(nil) == (dialect == .sqlite ? 1 : 2))
        #expect(try await ask(session, #"{"action": "$commit", "tx": "\#(first)"}"#)["error"]?["code"] == "P2028")
        // What is left open is rolled back.
        let last = try await begin()
        try await create("z", last)
        await session.finish()
        #expect(try await shop.prisma.tag.count(where: { $0.default == "z" }) == 0)
    }

    @Test func rollsBackWhatIsIdle() async throws {
        let shop = try await Shop.make(.sqlite)
        let session = DynamicSession(shop.prisma.engine)
        let tx = try #require(try await ask(session, #"{"action": "$begin", "args": {"idleTimeout": 1}}"#)["data"]?["tx"]?.string)
        // The writer is free again only once the idle transaction is gone.
        try await shop.prisma.tag.create(.init(default: "a"))
        #expect(try await ask(session, #"{"action": "count", "model": "Tag", "tx": "\#(tx)"}"#)["error"]?["code"] == "P2028")
        await session.finish()
    }

    @Test func answersInOrder() async throws {
        let shop = try await Shop.make(.sqlite)
        let session = DynamicSession(shop.prisma.engine)
        let answers = Mutex<[JSON]>([])
        for id in 0..<600 {
            let line =
                id.isMultiple(of: 2)
                ? #"{"id": \#(id), "action": "create", "model": "Tag", "args": {"data": {"default": "\#(id)"}}}"#
                : #"{"id": \#(id), "action": "count", "model": "Tag"}"#
            await session.submit(line) { text in answers.withLock { $0.append((try? JSON(parsing: text)) ?? .null) } }
        }
        await session.finish()
        let found = answers.withLock { $0 }
        #expect(found.map { $0["id"] } == (0..<600).map { .int($0) })
        for (index, answer) in found.enumerated() where !index.isMultiple(of: 2) { #expect(answer["data"] == .int(Int64(index / 2 + 1))) }
    }
}
