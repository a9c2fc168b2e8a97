import Foundation
import ONNX
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML
@testable import PrisMLTraining

@Suite struct DriftTests {
    @Test(arguments: Shop.dialects) func theRowsOfTheTrainingHaveNotMovedAndOthersHave(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(900)
        let predictor = quick(shop.folder.file("models"))
        let metadata = try #require(try await shop.train(predictor).artifact?.metadata)
        let before = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        #expect(before.rows == 900)
        #expect(before.skipped.isEmpty)
        #expect(
            before.lines.map(\.name) == [
                "daysSinceLogin", "visits", "spent", "balance", "isActive", "plan", "domain", "name", "length", "score",
            ])
        for line in before.lines { #expect((line.stabilityIndex ?? 1) < 0.1 && (line.distance ?? 0) < 0.12, "\(line)") }

        try await shop.prisma.user.updateMany(where: { $0.id <= 630 }) {
            $0.visits = 400
            $0.plan = .enterprise
            $0.lastLoginAt = nil
        }
        let after = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let moved = Set(after.lines.filter { $0.stabilityIndex ?? 0 >= 0.25 }.map(\.name))
        #expect(
            moved.isSuperset(of: ["daysSinceLogin", "visits", "plan"]) && moved.isDisjoint(with: ["balance", "isActive", "domain", "name"]))
        #expect(after.lines.first { $0.name == "visits" }?.columns == ["User.visits"])

        // The database's counts are those of the rows themselves.
        let known = try #require(KnownDistribution(metadata["distributions"]?["visits"]))
        var counts = [Int](repeating: 0, count: known.counts.count)
        for user in try await shop.prisma.user.findMany() { counts[known.bin(of: Float(user.visits))] += 1 }
        let visits = try #require(after.lines.first { $0.name == "visits" })
        #expect(visits.stabilityIndex == known.stabilityIndex(counts))
        #expect(visits.distance == known.distance(counts))
        let recent = ExpressionNode.binary(.greater, User.columns.id.node, .literal(.int(630), .int))
        let rest = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine, where: recent)
        #expect(rest.rows == 270)
        // The rows that were left alone.
        let few = try #require(rest.lines.first { $0.name == "visits" })
        #expect(few.stabilityIndex == nil && few.rowsNeeded ?? 0 > 270 && few.distance ?? 1 < 0.1, "\(few)")
    }

    /// What Swift code computes is computed for the rows of today, too, and a feature that cannot be compared is named with the reason.
    @Test(arguments: Shop.dialects) func whatCodeComputesIsCompared(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(600)
        let predictor = Predictor("coded", on: User.self, predicting: \.isChurned) { user in
            Feature("letters", reading: user.email, user.name, version: 1) { email, name in
                name.map { Double(email.utf8.count + $0.utf8.count) }
            }
            Feature("visits", user.visits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 5, depth: 2)).stored(in: shop.folder.file("models"))
        try await shop.prisma.user.updateMany(where: { $0.id % 3 > 0 }) { $0.name = "Ann" }
        let artifact = try #require(try await shop.train(predictor).artifact)
        let before = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let letters = try #require(before.lines.first { $0.name == "letters" })
        #expect(letters.stabilityIndex ?? 1 < 0.1 && (letters.missing - 1.0 / 3).magnitude < 0.01)
        #expect(letters.columns == ["User.email", "User.name"])
        try await shop.prisma.user.updateMany(where: { $0.id > 0 }) { $0.name = "A name that is much longer than before" }
        let after = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let moved = try #require(after.lines.first { $0.name == "letters" })
        #expect(moved.stabilityIndex ?? 0 > 1 && moved.missing == 0)
        // The counts are those of the rows themselves.
        let known = try #require(KnownDistribution(artifact.metadata["distributions"]?["letters"]))
        var counts = [Int](repeating: 0, count: known.counts.count)
        for user in try await shop.prisma.user.findMany() {
            counts[known.bin(of: Float(user.email.utf8.count + (user.name ?? "").utf8.count))] += 1
        }
        #expect(moved.stabilityIndex == known.stabilityIndex(counts) && moved.distance == known.distance(counts))

        // An artifact of a model that nobody trained says nothing about its rows.
        let untrained = Predictor("untrained", on: User.self, predicting: \.totalSpent) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        try untrained.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        let nothing = try await DriftReport(untrained.definition, in: untrained.store, engine: shop.prisma.engine)
        #expect(nothing.lines.isEmpty && nothing.skipped.map(\.name) == ["visits"])
        #expect(nothing.skipped.first?.reason.contains("prisml train untrained") == true)
    }

    /// Flags, counts that are nearly all zero, and columns that never vary: what changes in them is seen, by the database and in passing.
    @Test(arguments: Shop.dialects) func whatHardlyVariesIsSeenToMove(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(900)
        try await shop.prisma.user.updateMany(where: { $0.id % 20 != 1 }) { $0.visits = 0 }
        try await shop.prisma.user.updateMany(where: { $0.id % 3 > 0 }) { $0.isActive = false }
        let predictor = Predictor("flags", on: User.self, predicting: \.isChurned) { user in
            Feature("isActive", user.isActive)
            Feature("visits", user.visits)
            Feature("credits", user.credits)
            Feature("days", user.lastLoginAt.days(until: .now))
        }
        .algorithm(.gradientBoostedTrees(rounds: 5, depth: 2)).stored(in: shop.folder.file("models"))
        try await shop.train(predictor)
        func asked() async throws -> [String: Double] {
            let report = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
            return Dictionary(uniqueKeysWithValues: report.lines.compactMap { line in line.stabilityIndex.map { (line.name, $0) } })
        }
        /// What a predictor that is loaded anew sees of so many rounds over all rows.
        func seen() async throws -> [String: Double] {
            let artifact = try PredictorCache.fitting(
                predictor.definition, in: predictor.store, schema: shop.prisma.engine.schema)
            let ready = try await ReadyPredictor(
                predictor, engine: shop.prisma.engine, version: try LoadedPredictor(artifact, of: predictor.definition))
            let rows = try await shop.prisma.user.findMany()
            for _ in 0..<64 { _ = try ready.predict(rows) }
            return Dictionary(uniqueKeysWithValues: ready.drift().compactMap { line in line.stabilityIndex.map { (line.name, $0) } })
        }
        for calm in [try await asked(), try await seen()] {
            #expect(calm.count == 5 && calm.values.allSatisfy { $0 < 0.1 }, "\(calm)")
        }
        try await shop.prisma.user.updateMany(where: { $0.isActive == false }) { $0.isActive = true }
        try await shop.prisma.user.updateMany(where: { $0.id % 4 == 0 }) { $0.visits = 1 }
        try await shop.prisma.user.updateMany(where: { $0.id > 300 }) { $0.credits = 7 }
        for moved in [try await asked(), try await seen()] {
            for name in ["isActive", "visits", "credits"] { #expect(moved[name] ?? 0 > 0.25, "\(name): \(moved)") }
            #expect(moved["days"] ?? 1 < 0.1, "\(moved)")
        }
    }

    /// At the number of rows from which on the index is told, rows that lie as before have a calm one but for one time in a hundred.
    @Test(arguments: [173, 400, 1000], [1, 2, 10, 10_000])
    func rowsThatHaveNotMovedAreCalm(trained: Int, kinds: Int) throws {
        var random = RandomSequence(seed: UInt64(trained + kinds))
        func column(_ count: Int) -> [Float] {
            // The lesser half of the kinds is far more frequent.
            (0..<count).map { _ in random.next(below: 9) == 0 ? .nan : Float(Int(random.nextUnit() * random.nextUnit() * Double(kinds))) }
        }
        func known() throws -> KnownDistribution {
            try #require(KnownDistribution(FeatureDistribution.numbers(ColumnDistribution(column(trained))).json))
        }
        func counts(_ known: KnownDistribution, _ values: [Float]) -> [Int] {
            values.reduce(into: [Int](repeating: 0, count: known.counts.count)) { $0[known.bin(of: $1)] += 1 }
        }
        let rounds = 200
        var (moved, told) = (0, 0)
        for _ in 0..<rounds {
            let known = try known()
            guard let least = known.leastRows, least < 2000 else { continue }
            #expect(known.stabilityIndex(counts(known, column(least - 1))) == nil)
            told += 1
            if try #require(known.stabilityIndex(counts(known, column(least)))) >= 0.1 { moved += 1 }
        }
        #expect(told > rounds / 2)
        #expect(Double(moved) <= 0.02 * Double(told), "\(moved) of \(told)")
    }

    /// Bins of artifacts of before, which have none outside of the training rows.
    @Test func artifactsOfBeforeAreRead() throws {
        let known = try #require(KnownDistribution(["edges": [0, 1, 2], "counts": [300, 200], "missing": 100]))
        #expect(known.counts == [300, 200, 100])
        #expect([-5, 1, 1.5, 99, .nan].map(known.bin(of:)) == [0, 0, 1, 1, 2])
        #expect(try #require(known.stabilityIndex([300, 200, 100])) == 0)
        #expect(try #require(known.stabilityIndex([100, 400, 100])) > 0.25)
    }

    /// Rows in hand are counted in passing; what was asked about is what is compared.
    @Test(arguments: Shop.dialects) func servingSeesWhatItIsAsked(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(750)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany()
        for _ in 0..<8 { for row in rows { _ = try ready.predict(row) } }
        #expect(
            Set(ready.drift().map(\.name)) == [
                "daysSinceLogin", "visits", "spent", "balance", "isActive", "length", "plan", "domain", "score",
            ])
        // Some hundred rows of those that were asked about were looked at: too few for most features, and none says more than it knows.
        for line in ready.drift() {
            #expect((50...150).contains(line.rows) && (line.stabilityIndex == nil) == (line.rows < line.rowsNeeded ?? .max), "\(line)")
        }
        for _ in 0..<80 { for row in rows { _ = try ready.predict(row) } }
        for line in ready.drift() { #expect(line.stabilityIndex ?? 1 < 0.1, "\(line)") }
        for _ in 0..<160 {
            for var row in rows {
                row.visits = 500
                row.plan = .pro
                _ = try ready.predict(row)
            }
        }
        let moved = Set(ready.drift().filter { $0.stabilityIndex ?? 0 > 0.25 }.map(\.name))
        #expect(moved.isSuperset(of: ["visits", "plan"]) && moved.isDisjoint(with: ["daysSinceLogin", "spent", "domain"]))
    }

    /// Rows of queries, by key and in batches are counted too, however small the batches are.
    @Test(arguments: Shop.dialects) func everyWayIsCounted(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(320)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        func counted() -> Int { ready.drift().first { $0.name == "score" }?.rows ?? 0 }
        let rows = try await shop.prisma.user.findMany(include: predictor).map(\.0)
        let first = counted()
        #expect((3...8).contains(first))
        for row in rows.prefix(160) { _ = try await shop.prisma.user.findUnique(where: { $0.id == row.id }, include: predictor.perRow) }
        let second = counted()
        #expect((1...5).contains(second - first))
        _ = try await shop.prisma.predict(predictor, ids: rows.map(\.id))
        let third = counted()
        #expect((3...8).contains(third - second))
        _ = try ready.predict(rows)
        #expect((3...8).contains(counted() - third))
        // What a condition asks about is not answered to anybody.
        let fourth = counted()
        _ = try await shop.prisma.user.count(where: { predictor($0).probability > 0.5 })
        #expect(counted() == fourth)
    }
}
