import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@Suite struct ModelRegistryTests {
    private func registry(_ shop: Shop) -> ModelRegistry {
        ModelRegistry(shop.prisma.engine.database) { Shop.clock }
    }

    @Test(arguments: Shop.dialects) func versionsMoveBetweenStates(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let registry = registry(shop)
        #expect(try await registry.versions().isEmpty)
        try await registry.add("0001-a", of: "churn", by: "ann", activates: true)
        try await registry.add("0002-b", of: "churn", by: "ann", activates: true)
        try await registry.add("0003-c", of: "churn", by: "bob")
        try await registry.add("0001-a", of: "churn", by: "again")
        try await registry.add("0001-x", of: "value", by: "ann")
        func states() async throws -> [String] { try await registry.versions(of: "churn").map { "\($0.version) \($0.state)" } }
        #expect(try await states() == ["0001-a active", "0002-b pending", "0003-c pending"])
        try await registry.activate("0002-b", of: "churn", by: "eve", note: "better")
        #expect(try await states() == ["0001-a retired", "0002-b active", "0003-c pending"])
        try await registry.activate("0003-c", of: "churn", by: "eve")
        #expect(try await registry.rollBack("churn", by: "eve") == "0002-b")
        #expect(try await states() == ["0001-a retired", "0002-b active", "0003-c retired"])
        #expect(try await registry.rollBack("churn", by: "eve") == "0003-c")
        try await registry.reject("0001-a", of: "churn", by: "eve", note: "leaks")
        #expect(try await states() == ["0001-a rejected", "0002-b retired", "0003-c active"])
        #expect(try await registry.activeVersion(of: "churn") == "0003-c")
        #expect(try await registry.activeVersion(of: "value") == nil)
        let version = try #require(try await registry.versions(of: "churn").first)
        #expect(version.changedBy == "eve" && version.note == "leaks" && version.changedAt == Shop.clock)
    }

    /// What answered before there was a registry goes on, and what came before it can be gone back to.
    @Test(arguments: Shop.dialects) func adoptsWhatIsThere(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let registry = registry(shop)
        func states(_ predictor: String) async throws -> [String] {
            try await registry.versions(of: predictor).map { "\($0.version) \($0.state)" }
        }
        try await registry.adopt(["1-a", "2-b", "3-c", "4-d"], answering: "3-c", of: "churn", by: "ann")
        #expect(try await states("churn") == ["1-a retired", "2-b retired", "3-c active", "4-d pending"])
        try await registry.adopt(["1-a", "3-c", "4-d", "5-e"], answering: "5-e", of: "churn", by: "ann")
        #expect(try await states("churn") == ["1-a retired", "2-b retired", "3-c active", "4-d pending", "5-e pending"])
        #expect(try await registry.rollBack("churn", by: "ann") == "2-b")
        try await registry.adopt(["1-x"], answering: nil, of: "value", by: "ann")
        #expect(try await states("value") == ["1-x pending"])
    }

    /// One that was approved and never answered is nothing to go back to, nor is one that cannot be read.
    @Test(arguments: Shop.dialects) func goesBackToWhatAnsweredOnly(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let registry = registry(shop)
        for name in ["1-a", "2-b", "3-c"] { try await registry.add(name, of: "churn", by: "ann") }
        try await registry.activate("1-a", of: "churn", by: "ann")
        try await registry.activate("2-b", of: "churn", by: "ann")
        try await registry.approve("3-c", of: "churn", by: "ann")
        await #expect(throws: CancellationError.self) {
            try await registry.rollBack("churn", by: "ann") { version in
                #expect(version == "1-a")
                throw CancellationError()
            }
        }
        #expect(try await registry.activeVersion(of: "churn") == "2-b")
        #expect(try await registry.rollBack("churn", by: "ann") == "1-a")
    }

    @Test(arguments: Shop.dialects) func refusesWhatCannotBe(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let registry = registry(shop)
        try await registry.add("1-a", of: "churn", by: "ann", activates: true)
        try await registry.add("2-b", of: "churn", by: "ann")
        try await registry.reject("2-b", of: "churn", by: "ann")
        let attempts: [@Sendable () async throws -> Void] = [
            { try await registry.activate("2-b", of: "churn", by: "ann") }, { try await registry.activate("9-z", of: "churn", by: "ann") },
            { try await registry.reject("1-a", of: "churn", by: "ann") }, { _ = try await registry.rollBack("churn", by: "ann") },
            { _ = try await registry.rollBack("none", by: "ann") },
        ]
        for attempt in attempts {
            await #expect { try await attempt() } throws: { ($0 as? PredictorError)?.code == .invalidState }
        }
        #expect(try await registry.versions(of: "churn").map(\.state) == [.active, .rejected])
        try await registry.approve("2-b", of: "churn", by: "ann")
        #expect(try await registry.versions(of: "churn").map(\.state) == [.active, .retired])
    }

    /// Many activate at once: one version is active in the end, and every loser's change came before.
    @Test(arguments: Shop.dialects) func oneVersionIsActiveWhoeverChanges(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let registry = registry(shop)
        for number in 0..<8 { try await registry.add("\(number)-v", of: "churn", by: "ann") }
        try await withThrowingTaskGroup { group in
            for number in 0..<8 { group.addTask { try await registry.activate("\(number)-v", of: "churn", by: "task \(number)") } }
            try await group.waitForAll()
        }
        let states = try await registry.versions(of: "churn").map(\.state)
        #expect(states.filter { $0 == .active }.count == 1)
        #expect(states.filter { $0 == .retired }.count == 7)
    }
}

extension ModelRegistryTests {
    /// A change of the active version is served within two seconds, and a version that cannot be loaded never is.
    @Test(arguments: Shop.dialects) func servesTheActiveVersion(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let churn = churn(shop.folder.file("prisml/models"), gated: false)
        var versions: [String] = []
        for seed in [1, 2] as [UInt64] {
            let definition = churn.seed(seed).definition
            let run = TrainingRun(definition, engine: shop.prisma.engine, store: churn.store)
            versions.append(try #require(try await run.run().artifact).version)
        }
        func served() async throws -> String? {
            try await shop.prisma.user.findUnique(where: { $0.id == 1 }, include: churn)?.1.version
        }
        /// Asks until the version is served, for at most ten seconds.
        func isServed(_ version: String) async throws -> Bool {
            for _ in 0..<100 {
                if try await served() == version { return true }
                try await Task.sleep(for: .milliseconds(100))
            }
            return false
        }
        #expect(try await served() == versions[1])
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: churn.store, creates: true))
        for version in versions { try await registry.add(version, of: "churn", by: "ann", activates: true) }
        #expect(try await isServed(versions[0]))
        try await registry.activate(versions[1], of: "churn", by: "ann")
        #expect(try await isServed(versions[1]))
        try await registry.add("0009-missing", of: "churn", by: "ann")
        try await registry.activate("0009-missing", of: "churn", by: "ann")
        try await Task.sleep(for: .milliseconds(1200))
        _ = try await served()
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await served() == versions[1])
        try await registry.rollBack("churn", by: "ann")
        try await registry.activate(versions[0], of: "churn", by: "ann")
        #expect(try await isServed(versions[0]))
    }

    /// Where the registry knows the predictor and none is active, none answers: neither one that waits nor one that was rejected.
    @Test(arguments: Shop.dialects) func onlyTheActiveVersionAnswers(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let predictor = quick(shop.folder.file("prisml/models"))
        let version = try #require(try await shop.train(predictor).artifact?.version)
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        try await registry.adopt([version], answering: nil, of: "quick", by: "ann")
        for state in ["pending", "rejected"] {
            if state == "rejected" { try await registry.reject(version, of: "quick", by: "ann") }
            predictor.unload()
            let error = await #expect(throws: PredictorError.self) { try await shop.prisma.user.findMany(include: predictor) }
            #expect(error?.code == .invalidState)
            #expect(error?.message == "No version is active: \(version) is \(state).")
        }
        try await registry.approve(version, of: "quick", by: "ann")
        #expect(try await shop.prisma.user.findFirst(include: predictor)?.1.version == version)
    }
}
