import Prisma
import PrismaSchema
import Synchronization

extension Command {
    private static let request = Parameter<String?>.argument(
        "REQUEST", "One request as JSON; without it, requests are read from standard input")

    static let query = Command(
        "query",
        summary: "Answer queries as JSON, without generated code",
        discussion: """
            Reads one JSON request per line and answers each with one JSON line: {"id": 1, "action": "findMany", "model": "User", \
            "args": {…}}, with arguments shaped as in Prisma Client. A request that is wrong gets an error as its answer, and the \
            next line is read; a single REQUEST that fails also gives the exit code 1.
            """,
        examples: [
            Example(
                line: #"prisml query '{"action":"findMany","model":"User","args":{"take":3}}'"#, meaning: "Ask one thing"),
            Example(line: "prisml query --url file:./shop.db < requests.jsonl", meaning: "Answer a file of requests"),
        ],
        parameters: [SchemaSource.option, DatabaseAddress.option, request]
    ) { context in
        let single = try context[request]
        let source = try SchemaSource(try context[SchemaSource.option], context: context)
        let schema = try source.read(in: context)
        let address = try DatabaseAddress.find(for: schema, source, purpose: .queries, in: context)
        let opened = try await address.open(for: schema)
        let engine = PrismaEngine(database: opened.database, schema: schema)
        let session = DynamicSession(engine)
        let hasFailed = Mutex(false)
        var failure: (any Error)?
        do {
            if let single {
                await session.submit(single) { answer in
                    context.output.print(answer)
                    hasFailed.withLock { $0 = $0 || answer.hasPrefix(#"{"error":"#) }
                }
            } else {
                try await answerLines(with: session, in: context)
            }
        } catch {
            failure = error
        }
        await session.finish()
        await engine.close()
        if let failure { throw failure }
        return hasFailed.withLock { $0 } ? .input : .success
    }

    /// The longest request; what is longer gets an error, and the rest of its line is passed over.
    private static let longestLine = 16 << 20

    private static func answerLines(with session: DynamicSession, in context: CommandContext) async throws {
        let thread = WorkerThread()
        let read = context.environment.inputBlocks()
        var lines = RequestLines(longest: longestLine)
        func submit(_ found: [RequestLines.Line]) async {
            for line in found {
                switch line {
                case .request(let text):
                    await session.submit(text) { answer in
                        context.output.print(answer)
                        context.output.flush()
                    }
                case .tooLong:
                    context.output.print(
                        #"{"error":{"code":"P2009","message":"The line is longer than \#(longestLine >> 20) MB.","meta":{}},"id":null}"#)
                    context.output.flush()
                }
            }
        }
        while context.output.failure == 0, let block = try await thread.run(read) { await submit(lines.add(block)) }
        await submit(lines.end())
    }
}

/// Cuts blocks of bytes into lines.
struct RequestLines {
    enum Line: Hashable {
        case request(String)
        case tooLong
    }

    private let longest: Int
    private var pending: [UInt8] = []
    private var isPassingOver = false

    init(longest: Int) {
        self.longest = longest
    }

    mutating func add(_ block: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = block[...]
        while let end = rest.firstIndex(of: 0x0A) {
            take(rest[..<end], into: &lines)
            lines += self.end()
            rest = rest[(end + 1)...]
        }
        take(rest, into: &lines)
        return lines
    }

    /// The line that the input ends with.
    mutating func end() -> [Line] {
        defer {
            pending.removeAll(keepingCapacity: pending.count < 1 << 16)
            isPassingOver = false
        }
        let isBlank = pending.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
        return isPassingOver || isBlank ? [] : [.request(String(decoding: pending, as: UTF8.self))]
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, into lines: inout [Line]) {
        guard !isPassingOver else { return }
        guard pending.count + bytes.count <= longest else {
            isPassingOver = true
            pending = []
            lines.append(.tooLong)
            return
        }
        pending += bytes
    }
}
