import Foundation
import ONNX
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML
@testable import PrisMLTraining

/// The rows that a training held out, as it read, encoded and scored them: each way of asking gives the same bits for each of them.
@Suite struct HoldoutTests {
    @Test(arguments: Shop.dialects) func everyPathGivesTheBitsOfTheHoldout(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(400)
        try await shop.prisma.user.updateMany(where: { $0.id % 3 == 0 }) {
            $0.balance = Decimal(string: "12.30")!
            $0.name = "Ann"
            $0.totalSpent = 1e-3
        }
        let folder = shop.folder.file("models")
        let days = { (user: User) -> JSON in user.lastLoginAt.map { .double(Shop.clock.timeIntervalSince($0) / 86_400) } ?? .null }
        let domain = { (user: User) -> JSON in .string(String(user.email.split(separator: "@").last ?? "")) }
        try await check(shop, quick(folder), labelled: true) { user, _ in
            let letters = Double(user.email.count + (user.name?.count ?? 0))
            return [
                "daysSinceLogin": days(user), "visits": .int(Int64(user.visits)), "spent": .double(user.totalSpent + 1),
                "balance": .double(Double("\(user.balance)") ?? .nan), "isActive": .bool(user.isActive),
                "plan": .string(user.plan.rawValue), "domain": domain(user), "name": user.name.map(JSON.string) ?? .null,
                "length": .double(letters + (user.balance > 0 ? 1 : 0) + user.createdAt.timeIntervalSince1970 / 1e9),
            ]
        }
        try await check(shop, planned(folder), labelled: false) { user, _ in
            ["visits": .int(Int64(user.visits)), "daysSinceLogin": days(user), "domain": domain(user), "words": .string(user.email)]
        }
        try await check(shop, visiting(folder), labelled: false) { user, _ in
            ["daysSinceLogin": days(user), "plan": .string(user.plan.rawValue), "credits": .int(user.credits)]
        }
        try await check(shop, churn(folder, gated: false), labelled: true) { user, orders in
            let recent = orders.count { $0.createdAt > Shop.day(-90) }
            let sum = orders.reduce(0) { $0 + $1.total }
            return [
                "daysSinceLogin": days(user), "orders90d": .int(Int64(recent)), "visits": .int(Int64(user.visits)),
                "averageOrder": .double(orders.isEmpty ? 0 : sum / Double(orders.count)), "plan": .string(user.plan.rawValue),
                "domain": domain(user),
            ]
        }
    }

    private func check<Label: Equatable>(
        _ shop: Shop, _ predictor: Predictor<User, Label>, labelled: Bool, _ given: (User, [Order]) -> [String: JSON],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let prisma = shop.prisma
        let expected = try await holdout(shop, predictor, labelled: labelled)
        #expect(expected.count >= 60, sourceLocation: sourceLocation)
        let ids = expected.map(\.id)
        func expect(_ way: String, _ answers: [Double], _ wanted: [Double]? = nil) {
            #expect(
                answers.map(\.bitPattern) == (wanted ?? expected.map(\.score)).map(\.bitPattern), "\(way)", sourceLocation: sourceLocation)
        }
        let rows = try await prisma.user.findMany(
            where: { $0.id.isIn(ids) }, orderBy: { $0.id.ascending }, include: { ($0.orders.orderBy { $0.id.ascending }, predictor) })
        #expect(rows.map(\.0.id) == ids, sourceLocation: sourceLocation)
        expect("include", rows.map(\.2.score))
        let users = rows.map(\.0)
        let related = rows.map { RecordRow($0.0).with(\.orders, $0.1) }

        // In conditions and orders.
        let limit = expected.map(\.score).sorted()[expected.count / 2]
        let above = expected.filter { $0.score >= limit }
        let sorted = above.sorted { ($0.score, $1.id) > ($1.score, $0.id) }
        let found = try await prisma.user.findMany(
            where: { predictor($0).score >= limit && $0.id.isIn(ids) },
            orderBy: {
                predictor($0).score.descending; $0.id.ascending
            },
            select: { ($0.id, predictor($0).score) })
        #expect(found.map(\.0) == sorted.map(\.id), sourceLocation: sourceLocation)
        expect("select", found.map(\.1), sorted.map(\.score))
        let first = try await prisma.user.findMany(
            where: { $0.id.isIn(ids) && predictor($0).score >= limit },
            orderBy: {
                predictor($0).score.descending; $0.id.ascending
            },
            take: 10, include: predictor)
        #expect(first.map(\.0.id) == sorted.prefix(10).map(\.id), sourceLocation: sourceLocation)
        expect("orderBy", first.map(\.1.score), sorted.prefix(10).map(\.score))

        // By key, and in hand.
        expect("ids", try await prisma.predict(predictor, ids: ids).found.map(\.prediction.score))
        let ready = try await predictor.load(with: prisma)
        expect("RecordRow", try related.map { try ready.predict($0).score })
        expect("batch of RecordRow", try ready.predict(related).map(\.score))
        expect("features", try rows.map { try ready.predict(features: given($0.0, $0.1)).score })
        guard predictor.definition.features.allSatisfy({ ExpressionDependencies([$0.node]).relations.isEmpty }) else { return }
        expect("row", try users.map { try ready.predict($0).score })
        expect("batch", try ready.predict(users).map(\.score))
        expect("explain", try users.map { try ready.explain($0).score })
    }

    /// The keys of the rows that were held out, with the main score of each, as the training has them.
    private func holdout<Label>(
        _ shop: Shop, _ predictor: Predictor<User, Label>, labelled: Bool
    ) async throws -> [(id: Int, score: Double)] {
        let artifact = try #require(try await shop.train(predictor).artifact)
        let read = try await ExtractedRows.read(predictor.definition, from: shop.prisma.engine, limit: nil) { _, _ in }
        let prepared = try PreparedRows(read, predictor.definition, schema: shop.prisma.engine.schema)
        #expect(prepared.encoders.map(\.json) == artifact.metadata["encoders"]?.array)
        let held = try prepared.rows(prepared.split.holdout)
        let scores = try ModelScores(of: try ONNXModel(bytes: artifact.modelBytes), task: prepared.task, on: held.features).values
        let width = prepared.task.scoreCount
        // Rows are read in the order of their keys.
        let ids = try await shop.prisma.user.findMany(
            where: { labelled ? $0.isChurned.isNotNull : $0.id > 0 }, orderBy: { $0.id.ascending }, select: { $0.id })
        try #require(ids.count == read.count)
        return prepared.split.holdout.enumerated()
            .map { (id: ids[$1], score: Double(scores[$0 * width..<($0 + 1) * width].max() ?? .nan)) }
            .sorted { $0.id < $1.id }
    }
}
