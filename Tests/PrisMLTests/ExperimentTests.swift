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
            #expect(try answer.arm == test.arm(for: user.id, with: shop.prisma))
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

    /// The same arms and the same bits for rows in hand, by key, under `ml`, and in a nested include.
    @Test(arguments: Shop.dialects) func armsAreTheSameOnEveryWay(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let predictor = quick(shop.folder.file("models"))
        let first = try #require(try await shop.train(predictor).artifact?.version)
        let second = try #require(try await shop.train(predictor.seed(5)).artifact?.version)
        let test = try Experiment(
            "two", split: ["control": 50, "candidate": 50], on: predictor, versions: ["control": first, "candidate": second])
        func show(_ answer: AssignedPrediction<Bool>) -> String {
            "\(answer.arm) \(answer.key) \(answer.prediction.version) \(answer.prediction.probability)"
        }
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: test)
        let expected = rows.map { show($0.1) }
        #expect(Set(rows.map(\.1.arm)).count == 2)
        let ready = try await test.load(with: shop.prisma)
        #expect(try ready.predict(rows.map(\.0)).map(show) == expected)
        #expect(try rows.map { show(try ready.predict($0.0)) } == expected)
        #expect(try rows.map { show(try ready.predict(RecordRow($0.0))) } == expected)
        let byKey = try await shop.prisma.predict(test, ids: rows.map(\.0.id) + [9999])
        #expect(byKey.found.map { show($0.answer) } == expected && byKey.missing == [9999])
        let underML = try await shop.prisma.user.withML(test).findMany(orderBy: { $0.id.ascending })
        #expect(underML.map { show($0.ml) } == expected)
        let one = try await shop.prisma.user.withML(test, predictor).findUnique(where: { $0.id == 7 })
        #expect(one.map { show($0.ml.0) } == expected[6] && one?.email == rows[6].0.email)
        try await shop.prisma.user.updateMany(where: { $0.id > 1 && $0.id < 20 }) { $0.referrerId = 1 }
        let nested = try await shop.prisma.user.findUnique(
            where: { $0.id == 1 }, include: { $0.referrals.orderBy { $0.id.ascending }.include { _ in test } })
        #expect(nested?.1.map { show($0.1) } == Array(expected[1..<19]))
    }

    /// `control` follows the active version, in hand too; a version that is named or found stays.
    @Test func theControlFollowsTheActiveVersion() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        let versions = [
            try #require(try await shop.train(predictor).artifact?.version),
            try #require(try await shop.train(predictor.seed(9)).artifact?.version),
        ]
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        for version in versions { try await registry.add(version, of: "quick", by: "test", activates: true) }
        let test = try Experiment("x", split: ["control": 1, "candidate": 1], on: predictor)
        let ready = try await test.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany()
        let control = try #require(rows.first { try test.arm(for: $0.id, with: shop.prisma) == "control" })
        let candidate = try #require(rows.first { try test.arm(for: $0.id, with: shop.prisma) == "candidate" })
        #expect(try ready.predict(control).prediction.version == versions[0])
        #expect(try ready.predict(candidate).prediction.version == versions[1])
        try await registry.activate(versions[1], of: "quick", by: "test")
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try ready.predict(control).prediction.version == versions[1])
    }

    /// A version that was rejected is no arm's, named or not; one that waits for approval may be tried.
    @Test(arguments: Shop.dialects) func rejectedVersionsAreNotTried(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        var versions: [String] = []
        for seed in [1, 5, 9] as [UInt64] { versions.append(try #require(try await shop.train(predictor.seed(seed)).artifact?.version)) }
        try #require(Set(versions).count == 3)
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        for version in versions { try await registry.add(version, of: "quick", by: "ann", activates: true) }
        try await registry.reject(versions[2], of: "quick", by: "ann")
        func asked(_ version: String?) async throws -> String? {
            let named = version.map { ["candidate": $0] } ?? [:]
            let test = try Experiment("r", split: ["control": 1, "candidate": 1], on: predictor, versions: named)
            let ready = try await test.load(with: shop.prisma)
            let rows = try await shop.prisma.user.findMany()
            let beside = try await shop.prisma.user.findMany(include: test).first { $0.1.arm == "candidate" }
            let answer = try ready.predict(rows).first { $0.arm == "candidate" }
            #expect(answer?.prediction.version == beside?.1.prediction.version)
            return answer?.prediction.version
        }
        #expect(try await asked(nil) == versions[1])
        #expect(try await asked(versions[1]) == versions[1])
        // In a transaction the registry is asked on its connection.
        let inside = try Experiment("t", split: ["control": 1, "candidate": 1], on: predictor)
        let answers = try await shop.prisma.transaction { tx in try await tx.user.findMany(include: inside) }
        #expect(Set(answers.map(\.1.prediction.version)) == Set(versions[0...1]))
        let error = await #expect(throws: PredictorError.self) { try await asked(versions[2]) }
        #expect(error?.code == .invalidState && error?.message == "The version \(versions[2]) was rejected by ann.")
        try await registry.approve(versions[2], of: "quick", by: "bob")
        #expect(try await asked(versions[2]) == versions[2])
        #expect(try await asked(nil) == versions[2])
    }

    /// Where nothing is left to try, that is said.
    @Test func anArmNeedsAVersionThatWasNotRejected() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        let version = try #require(try await shop.train(predictor).artifact?.version)
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        try await registry.add(version, of: "quick", by: "ann")
        try await registry.reject(version, of: "quick", by: "ann")
        let test = try Experiment("none", split: ["a": 1, "b": 1], on: predictor)
        let error = await #expect(throws: PredictorError.self) { try await shop.prisma.user.findMany(include: test) }
        #expect(error?.code == .invalidState && error?.message.hasPrefix("All versions in ") == true)
    }

    /// A key that no row can have is refused: an outcome under it would count for nothing.
    @Test(arguments: Shop.dialects) func outcomesAreRecordedForKeysThatRowsHave(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let users = try Experiment("u", split: ["a": 1, "b": 1], on: quick(shop.folder.file("models")))
        let dear = Predictor("dear", on: Item.self, predicting: \.price) { Feature("position", $0.position) }
        let items = try Experiment("i", split: ["a": 1, "b": 1], on: dear)
        try await users.createTable(with: shop.prisma)
        try await users.record(true, forKey: 7, with: shop.prisma)
        try await items.record(true, forKey: (3, 1), with: shop.prisma)
        try await items.record(2.5, forKey: (3, 2), with: shop.prisma)
        let recorded = try await shop.prisma.engine.database.withConnection(for: .read) { connection in
            try await connection.query(SQLStatement("SELECT experiment, key, arm, outcome FROM prisml_outcomes ORDER BY 1, 2")) { rows in
                var lines: [String] = []
                while var row = try rows.next() {
                    lines.append("\(try row.string()) \(try row.string()) \(try row.string()) \(try row.double())")
                }
                return lines
            }
        }
        let arms = try [(3, 1), (3, 2)].map { try items.arm(for: $0, with: shop.prisma) }
        #expect(recorded == ["i 3,1 \(arms[0]) 1.0", "i 3,2 \(arms[1]) 2.5", "u 7 \(try users.arm(for: 7, with: shop.prisma)) 1.0"])

        let text = await #expect(throws: PredictorError.self) { try await users.record(true, forKey: "7", with: shop.prisma) }
        #expect(text?.code == .invalidFeatures && text?.message == "The key of User is (id: int), not (string).")
        let one = await #expect(throws: PredictorError.self) { try await items.record(1, forKey: 3, with: shop.prisma) }
        #expect(one?.message == "The key of Item is (orderId: int, position: int), not (int).")
        #expect(throws: PredictorError.self) { try users.arm(for: "7", with: shop.prisma) }
        #expect(throws: PredictorError.self) { try items.arm(for: (3, "1"), with: shop.prisma) }
    }

    /// Many first requests at once load each version once, and agree on the newest.
    @Test(arguments: Shop.dialects) func versionsAreLoadedOnceHoweverManyAsk(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        let test = try Experiment("many", split: ["control": 1, "newest": 1, "other": 1], on: predictor)
        // What fails is not kept.
        let error = await #expect(throws: PredictorError.self) { try await test.models(in: shop.prisma.engine) }
        #expect(error?.code == .notTrained)
        try await shop.train(predictor)
        let all = try await withThrowingTaskGroup(of: [String: ObjectIdentifier].self) { group in
            for _ in 0..<64 {
                group.addTask { try await test.models(in: shop.prisma.engine).mapValues { ObjectIdentifier($0) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == 64 && Set(all).count == 1)
        #expect(all[0]["newest"] == all[0]["other"])
        // A version that comes later is no arm's.
        let later = try #require(try await shop.train(predictor.seed(5)).artifact?.version)
        let models = try await test.models(in: shop.prisma.engine)
        #expect(models["newest"].map { ObjectIdentifier($0) } == all[0]["newest"] && models["newest"]?.version != later)
    }

    /// Who was answered by which arm is kept once, and anew where the arm has changed.
    @Test(arguments: Shop.dialects) func assignmentsAreKept(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let test = try Experiment("kept", split: ["control": 70, "candidate": 30], on: predictor)
        let rows = try await shop.prisma.user.findMany(include: test)
        try await test.createTable(with: shop.prisma)
        try await test.createTable(with: shop.prisma)
        try await test.record(rows.prefix(150).map(\.1), with: shop.prisma)
        try await test.record(rows.map(\.1) + rows.map(\.1), with: shop.prisma)
        let outcomes = ExperimentOutcomes(shop.prisma.engine)
        #expect(try await outcomes.assigned(in: "kept") == Dictionary(grouping: rows, by: \.1.arm).mapValues(\.count))
        let moved = try Experiment("kept", split: ["control": 1, "candidate": 99], on: predictor)
        let later = try await shop.prisma.user.findMany(include: moved)
        try await moved.record(later.map(\.1), with: shop.prisma)
        #expect(try await outcomes.assigned(in: "kept") == Dictionary(grouping: later, by: \.1.arm).mapValues(\.count))
        #expect(try await outcomes.assigned(in: "another").isEmpty)
        // Tables of before had none.
        try await shop.prisma.engine.database.withConnection(for: .write) { try await $0.executeScript("DROP TABLE prisml_assignments") }
        #expect(try await outcomes.assigned(in: "kept").isEmpty)
    }

    /// Who was answered by an arm has its outcome counted for it, also where the weights have changed since.
    @Test(arguments: Shop.dialects) func outcomesGoToTheArmThatAnswered(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let before = try Experiment("moving", split: ["control": 99, "candidate": 1], on: predictor)
        let after = try Experiment("moving", split: ["control": 1, "candidate": 99], on: predictor)
        let answers = try await shop.prisma.user.findMany(where: { $0.id <= 60 }, include: before).map(\.1)
        try await before.createTable(with: shop.prisma)
        try await before.record(answers, with: shop.prisma)
        for id in 1...120 { try await after.record(id % 2 == 0, forKey: id, with: shop.prisma) }
        let now = try (61...120).map { try after.arm(for: $0, with: shop.prisma) }
        let expected = Dictionary(grouping: answers.map(\.arm) + now) { $0 }.mapValues(\.count)
        #expect(expected["control"] ?? 0 > 50 && expected["candidate"] ?? 0 > 50)
        let arms = try await ExperimentOutcomes(shop.prisma.engine).arms(of: "moving")
        #expect(Dictionary(uniqueKeysWithValues: arms.map { ($0.name, $0.count) }) == expected)
        // Tables of before have no assignments: the arm of now is all there is.
        try await shop.prisma.engine.database.withConnection(for: .write) { try await $0.executeScript("DROP TABLE prisml_assignments") }
        for id in 1...120 { try await after.record(1, forKey: id, with: shop.prisma) }
        let all = try (1...120).map { try after.arm(for: $0, with: shop.prisma) }
        let later = try await ExperimentOutcomes(shop.prisma.engine).arms(of: "moving")
        #expect(later.first { $0.name == "candidate" }?.count == all.count { $0 == "candidate" })
    }

    /// Keys of several fields that look alike side by side are told apart; simple keys are what they are.
    @Test func keysAsTextAreToldApart() async throws {
        let shop = try await Shop.make(.sqlite)
        let (item, user) = (
            KeySpelling(of: try shop.prisma.engine.plan("Item")), KeySpelling(of: try shop.prisma.engine.plan("User"))
        )
        let lists: [([String], String)] = [
            (["a,b", "c"], #"a\,b,c"#), (["a", "b,c"], #"a,b\,c"#), ([#"a\"#, "b,c"], #"a\\,b\,c"#), ([#"a\,b"#, "c"], #"a\\\,b,c"#),
        ]
        for (parts, text) in lists { #expect(item.text(.list(parts.map { .text($0) })) == text) }
        #expect(item.text(.list([.int(3), .int(1)])) == "3,1")
        for simple in ["a,b", #"a\b"#, "A"] { #expect(user.text(.text(simple)) == simple) }
        #expect(user.text(.int(7)) == "7")
    }

    /// Weights that change, arms that come and go: a key moves only to an arm whose share grew, and from one whose share shrank.
    @Test func keysMoveOnlyToArmsThatGrew() {
        var random = RandomSequence(seed: 12)
        let keys = (0..<3000).map { "k\($0)" }
        for _ in 0..<30 {
            func weights() -> [String: Double] {
                var all: [String: Double] = [:]
                for arm in ["a", "b", "c", "d"] where random.next(below: 4) > 0 { all[arm] = 1 + random.nextUnit() * 9 }
                return all.count >= 2 ? all : ["a": 1, "b": 2]
            }
            let (before, after) = (weights(), weights())
            func assignment(_ weights: [String: Double]) -> Assignment {
                Assignment(experiment: "x", arms: weights.sorted { $0.key < $1.key }.map { (name: $0.key, weight: $0.value) })
            }
            func shares(_ weights: [String: Double]) -> [String: Double] {
                let sum = weights.values.reduce(0, +)
                return weights.mapValues { $0 / sum }
            }
            let (old, new) = (assignment(before), assignment(after))
            var moves = 0
            for key in keys {
                let (from, to) = (old.arm(for: key), new.arm(for: key))
                guard from != to else { continue }
                moves += 1
                // It moves where the weight grew beside the weight of where it was.
                let grew = (after[to] ?? 0) / (before[to] ?? .leastNonzeroMagnitude)
                let shrank = (after[from] ?? 0) / (before[from] ?? .infinity)
                #expect(grew > shrank, "\(before) to \(after): \(from) to \(to)")
            }
            // As few as can be, but for chance: half of the sum of the differences between the shares, where all weights change alike.
            let (then, now) = (shares(before), shares(after))
            let least = Set(then.keys).union(now.keys).reduce(0) { $0 + max(0, (now[$1] ?? 0) - (then[$1] ?? 0)) }
            let share = Double(moves) / Double(keys.count)
            #expect(share >= least - 0.04, "\(before) to \(after)")
            #expect(share <= least * 2 + 0.04, "\(before) to \(after)")
            // All shares are what was asked for.
            let counts = Dictionary(grouping: keys.map(new.arm(for:))) { $0 }.mapValues { Double($0.count) / Double(keys.count) }
            for (arm, share) in now { #expect(((counts[arm] ?? 0) - share).magnitude < 0.04) }
        }
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
