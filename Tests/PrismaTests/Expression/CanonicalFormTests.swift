import Foundation
import Prisma
import PrismaSchema
import ShopClient
import Testing

@Suite struct CanonicalFormTests {
    private let schema: Schema

    init() throws {
        schema = try PrismaClient.schema.get()
    }

    private func expressions(_ count: Int, seed: UInt64) -> [ExpressionNode] {
        var generator = ExpressionGenerator(schema: schema, seed: seed)
        return (0..<count).map { _ in generator.expression(on: generator.model()) }
    }

    @Test func readsWhatItWrote() throws {
        for node in expressions(5000, seed: 11) {
            let text = CanonicalForm.encode(node)
            let read = try CanonicalForm.decode(text)
            #expect(read == node, "\(text)")
            #expect(CanonicalForm.encode(read) == text)
        }
    }

    @Test func keepsEveryBitOfAConstant() throws {
        let doubles: [Double] = [.nan, -0.0, .infinity, .leastNonzeroMagnitude, 0.1]
        for double in doubles {
            guard case .literal(.double(let read), _) = try CanonicalForm.decode(CanonicalForm.encode(.literal(.double(double), .double)))
            else { throw Failure() }
            #expect(read.bitPattern == double.bitPattern)
        }
        // Composed and decomposed are two texts.
        let composed = ExpressionNode.literal(.text("é"), .string)
        let decomposed = ExpressionNode.literal(.text("e\u{301}"), .string)
        #expect(composed != decomposed)
        #expect(CanonicalForm.hash(composed) != CanonicalForm.hash(decomposed))
    }

    private struct Failure: Error {}

    /// The identities that trained artifacts carry: if this fails, artifacts of earlier versions would count as stale.
    /// `EXPRESSION_FIXTURE=write` writes the fixture again; do that only together with a new version of the canonical form.
    @Test func identitiesAreStable() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "canonical-forms.txt")
        if ProcessInfo.processInfo.environment["EXPRESSION_FIXTURE"] == "write" {
            let lines = Self.samples.map { CanonicalForm.hash($0) + " " + CanonicalForm.encode($0) }
            try (lines.joined(separator: "\n") + "\n").write(to: url, atomically: true, encoding: .utf8)
        }
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == Self.samples.count)
        for (line, node) in zip(lines, Self.samples) {
            let parts = line.split(separator: " ", maxSplits: 1)
            #expect(CanonicalForm.encode(node) == parts[1])
            #expect(CanonicalForm.hash(node) == parts[0])
            #expect(try CanonicalForm.decode(String(parts[1])) == node)
        }
    }

    /// As written by hand against the generated client: what call sites make is part of the identity.
    private static let samples: [ExpressionNode] = {
        let user = User.columns
        let order = Order.columns
        let date = Date(timeIntervalSince1970: 1_700_000_000.123)
        let bools: [RowExpression<Bool>] = [
            user.isActive, !user.isActive, user.plan == .pro, user.plan != .enterprise, user.name == nil, user.name != nil,
            user.email == "a\"b\\\n\u{1}é😀", user.visits > 3, 3 <= user.visits, user.credits < .max, user.totalSpent >= -0.5,
            user.balance > 12.34, user.createdAt < .now, user.lastLoginAt > date,
            user.isActive && user.visits == 0 || user.isChurned == true,
            user.plan.isIn([.free, .pro]), user.visits.isNotIn([1, 2]), user.visits.isIn(1...5), user.totalSpent.isIn(0..<1),
            user.name.isDistinct(from: "x"), user.name.isDistinct(from: user.email), user.email.contains("@", mode: .insensitive),
            user.email.hasPrefix("a"), user.email.hasSuffix("z"), user.name.isEmpty, user.orders.some { $0.total > 5 },
            user.orders.every { $0.items.none() }, user.orders.isEmpty, user.profile.is { $0.bio == "x" }, user.referrer.isNull,
            order.user.is { $0.visits > 1 }, all(of: [user.isActive, user.visits > 1, user.visits < 9]), any(of: []),
            user.avatar == Data([0, 255]), user.settings == ["a": [1, 2.5, nil, true]],
        ]
        let list = RowExpression<[String]>(node: .column(ColumnReference(depth: 0, model: "User", field: "words", type: .list(.string))))
        let structures: [ExpressionNode] = [
            user.settings.part(at: "a", "-1").node, user.settings.text(at: "é\".").node, user.settings.number(at: "b", "0").node,
            user.settings.hasElements([1, "x", ["a": nil]]).node, list.has("a").node, list.hasEvery(["a", "b"]).node,
            list.hasSome([]).node, list.hasNoElements().node, list.appending(["c"]).node,
        ]
        let doubles: [RowExpression<Double?>] = [
            user.lastLoginAt.days(until: .now), user.orders.average { $0.total }, user.orders.max { $0.discount },
            user.orders.first(by: { $0.createdAt.descending.nulls(.first) }) { $0.total }, user.email.double,
        ]
        let others: [ExpressionNode] = [
            (user.orders.sum { $0.quantity } + 1).node, (user.visits / 3).node, (user.credits % 7).node, (-user.visits).absolute.node,
            (user.totalSpent * 2 - 1).rounded.node, user.totalSpent.clamped(to: 0...1).node, least(user.visits, user.visits + 1).node,
            (user.name ?? user.email).trimmed.lowercased.node, user.email.part(after: "@").node, user.email.appending("!").length.node,
            (user.createdAt + .days(1.5)).start(of: .week).node, user.createdAt.part(.weekday).node, user.visits.string.node,
            user.isActive.int.node, when(user.visits > 3, then: 2.5, else: 1).node,
            user.orders.where { $0.createdAt > .now - .days(90) }.countDistinct { $0.note }.node,
            user.orders.where { $0.total > user.totalSpent }.count.node, order.user.plan.node, user.profile.bio.node,
        ]
        return bools.map(\.node) + doubles.map(\.node) + others + structures
    }()

    @Test func damagedFormsAreErrors() {
        var random = SeededGenerator(seed: 5)
        let texts = expressions(300, seed: 12).map(CanonicalForm.encode) + Self.samples.map(CanonicalForm.encode)
        var refused = 0
        for text in texts {
            for _ in 0..<20 {
                do throws(PrismaError) {
                    let node = try CanonicalForm.decode(Self.damaged(text, &random))
                    // What is read after all must be fit for every reader.
                    _ = CanonicalForm.hash(node)
                    _ = ExpressionDependencies([node])
                    for dialect in SQLDialect.allCases {
                        var writer = SQLWriter(dialect: dialect, schema: schema, now: .instant(microseconds: 0))
                        if let user = schema.model(named: "User") { writer.enter(user, alias: "t0") }
                        try? writer.expression(node)
                    }
                    _ = try? CompiledExpression(node, on: "User", in: FieldPlaces(of: schema))
                } catch {
                    refused += 1
                    #expect([.unsupportedFormat, .invalidExpression].contains(error.code))
                    #expect(error.help != nil)
                }
            }
        }
        #expect(refused > 1000)
    }

    /// A text with something cut out, repeated, replaced or put elsewhere.
    private static func damaged(_ text: String, _ random: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<random.pick([1, 1, 2, 4]) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 2: bytes[start] = UInt8.random(in: 0...255, using: &random)
            case 3:
                let word = random.pick([
                    "null", "[]", "{}", "-1", "9223372036854775807", "9223372036854775808", "1e999", "\"int\"", "\"\"", "[[[[",
                ])
                bytes.replaceSubrange(start..<end, with: word.utf8)
            default:
                let word = random.pick([
                    "column", "literal", "aggregate", "cast", "first", "every", "list", "enum", "membership", "tooDeep",
                ])
                bytes.replaceSubrange(start..<end, with: ("\"" + word + "\"").utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        "", "null", "{}", "[]", #"{"version":1}"#, #"{"expression":["now"]}"#, #"{"expression":["now"],"version":"1"}"#,
        #"{"expression":[],"version":1}"#, #"{"expression":["column",-1,"User","id","int"],"version":1}"#,
        #"{"expression":["column",0,"User","id","integer"],"version":1}"#, #"{"expression":["literal",["int","x"],"int"],"version":1}"#,
        #"{"expression":["literal",["bytes","0"],"bytes"],"version":1}"#, #"{"expression":["unary","sqrt",["now"]],"version":1}"#,
        #"{"expression":["function","f","double",[]],"version":1}"#, #"{"expression":["tooDeep"],"version":1}"#,
    ])
    func refusesWhatIsNoExpression(text: String) {
        #expect(throws: PrismaError.self) { try CanonicalForm.decode(text) }
    }

    @Test func saysThatAVersionIsNewer() {
        let error = #expect(throws: PrismaError.self) { try CanonicalForm.decode(#"{"expression":["now"],"version":2}"#) }
        #expect(error?.message.contains("version 2") == true)
    }
}
