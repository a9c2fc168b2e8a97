import Foundation
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML

@Suite struct ExperimentTests {
    @Test func keysKeepTheirArmsAndSharesAreKept() {
        let keys = (0..<20_000).map { "\($0)" }
        let before = Assignment(experiment: "a", arms: [("candidate", 20), ("control", 80)])
        let after = Assignment(experiment: "a", arms: [("candidate", 30), ("control", 70)])
        let other = Assignment(experiment: "b", arms: [("candidate", 20), ("control", 80)])
        let first = keys.map(before.arm(for:))
        #expect(first == keys.map(before.arm(for:)))
        let share = Double(first.filter { $0 == "candidate" }.count) / 20_000
        #expect((share - 0.2).magnitude < 0.01)
        // Only as many move as the shares differ by, and all of them to the arm that grew.
        let moved = zip(first, keys.map(after.arm(for:))).filter { $0 != $1 }
        #expect((Double(moved.count) / 20_000 - 0.1).magnitude < 0.01)
        #expect(moved.allSatisfy { $0.1 == "candidate" })
        // Another experiment deals anew.
        let agreeing = zip(first, keys.map(other.arm(for:))).filter { $0 == "candidate" && $1 == "candidate" }.count
        #expect((Double(agreeing) / 20_000 - 0.04).magnitude < 0.01)
    }

    @Test(arguments: Shop.dialects) func armsAnswerAndOutcomesAreCompared(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let churn = churn(shop.folder.file("models"), gated: false)
        let first = try #require(try await shop.train(churn).artifact?.version)
        let second = try #require(
            try await TrainingRun(churn.seed(5).definition, engine: shop.prisma.engine, store: churn.store).run().artifact?.version)
        try #require(first != second)
        let test = try Experiment(
            "churn-v2", split: ["control": 60, "candidate": 40], on: churn, versions: ["control": first, "candidate": second])
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: test)
        #expect(rows.count == 300)
        for (user, answer) in rows {
            #expect(answer.arm == test.arm(for: user.id))
            #expect(answer.key == "\(user.id)")
            #expect(answer.prediction.version == (answer.arm == "control" ? first : second))
        }
        let plain = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: churn)
        for (row, expected) in zip(rows, plain) where row.1.prediction.version == expected.1.version {
            #expect(row.1.prediction.probability == expected.1.probability)
        }
        try await test.createTable(with: shop.prisma)
        for (user, answer) in rows.prefix(100) {
            try await test.record(0, for: answer, with: shop.prisma)
            // A second outcome takes the first one's place.
            let bonus: Double = answer.arm == "candidate" ? 3 : 0
            try await test.record(Double(user.id % 7) + bonus, for: answer, with: shop.prisma)
        }
        let arms = try await ExperimentOutcomes(shop.prisma.engine).arms(of: "churn-v2")
        #expect(arms.map(\.name) == ["candidate", "control"])
        #expect(arms.map(\.count).reduce(0, +) == 100)
        for arm in arms {
            let bonus: Double = arm.name == "candidate" ? 3 : 0
            let values: [Double] = rows.prefix(100).filter { $0.1.arm == arm.name }.map { row in Double(row.0.id % 7) + bonus }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)
            #expect((arm.mean - mean).magnitude < 1e-9 && (arm.variance - variance).magnitude < 1e-9)
        }
        let comparison = try #require(ArmComparison(arms[0], against: arms[1]))
        #expect(comparison.interval.contains(3) && comparison.pValue < 1e-6)

        // The outcome is that of the arm that the key belongs to now.
        let moved = try Experiment(
            "churn-v2", split: ["control": 1, "candidate": 99], on: churn, versions: ["control": first, "candidate": second])
        let later = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, take: 100, include: moved)
        for (_, answer) in later { try await moved.record(1, for: answer, with: shop.prisma) }
        let counts = try await ExperimentOutcomes(shop.prisma.engine).arms(of: "churn-v2").map(\.count)
        #expect(counts == ["candidate", "control"].map { arm in later.count { $0.1.arm == arm } }.filter { $0 > 0 })
    }

    /// The distribution integrated by Simpson's rule, which shares nothing with the continued fraction.
    @Test func theTestIsWelchs() throws {
        let arm = ArmOutcomes(name: "a", count: 12, mean: 5.4, variance: 2.25)
        let control = ArmOutcomes(name: "b", count: 30, mean: 4.1, variance: 4.41)
        let comparison = try #require(ArmComparison(arm, against: control))
        #expect((comparison.difference - 1.3).magnitude < 1e-12)
        #expect((comparison.pValue - 0.032540000165011684).magnitude < 1e-9)
        #expect((comparison.interval.lowerBound - 0.11601685684339658).magnitude < 1e-8)
        #expect((comparison.interval.upperBound - 2.4839831431566033).magnitude < 1e-8)
        #expect(ArmComparison(ArmOutcomes(name: "a", count: 1, mean: 1, variance: 0), against: control) == nil)
        // What another program wrote need not be numbers.
        for value in [Double.nan, .infinity, 1e308] {
            #expect(ArmComparison(ArmOutcomes(name: "a", count: 9, mean: value, variance: .infinity), against: control) == nil)
        }
    }

    @Test func whatIsNoExperimentIsRefused() throws {
        let churn = churn("models")
        func message(_ split: [String: Double], _ versions: [String: String] = [:]) -> String? {
            #expect(throws: PredictorError.self) { try Experiment("x", split: split, on: churn, versions: versions) }?.message
        }
        #expect(message(["control": 1])?.contains("1 arms") == true)
        #expect(message(["control": 1, "b": 0])?.contains("weight of b") == true)
        #expect(message(["control": 1, "b": 1], ["c": "0001"])?.contains("c, which is no arm") == true)
    }
}
