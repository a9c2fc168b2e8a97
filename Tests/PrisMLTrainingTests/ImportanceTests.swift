import Testing

@testable import PrisMLTraining

@Suite struct ImportanceTests {
    /// f0…f3 make the label, f4 and f5 are noise.
    @Test(arguments: [TrainingAlgorithm.trees(TreeParameters(rounds: 30, depth: 4)), .linear(LinearParameters())])
    func featuresThatMatterComeFirst(algorithm: TrainingAlgorithm) throws {
        let rows = try Sample.rows(.regression, rows: 3000)
        let model = try TrainingRequest(.regression, by: algorithm, on: rows).run().model
        let all = model.importances()
        #expect(all.first?.feature == "f0")
        #expect(abs(all.reduce(0) { $0 + $1.share } - 1) < 1e-12)
        #expect(all.map(\.share) == all.map(\.share).sorted(by: >))
        let noise = all.filter { ["f4", "f5"].contains($0.feature) }.reduce(0) { $0 + $1.share }
        #expect(noise < 0.1)
        let grouped = model.importances(features: ["a", "b", "a", "b", "c", "c"])
        #expect(Set(grouped.map(\.feature)) == ["a", "b", "c"])
        let own = { (names: [String]) in all.filter { names.contains($0.feature) }.reduce(0) { $0 + $1.share } }
        #expect(abs((grouped.first { $0.feature == "a" }?.share ?? 0) - own(["f0", "f2"])) < 1e-12)
    }

    @Test func distributionCountsEveryNumberOnce() {
        var random = RandomSequence(seed: 2)
        let values = (0..<1000).map { _ in random.next(below: 10) == 0 ? Float.nan : Float(random.nextUnit() * random.nextUnit()) }
        let own = ColumnDistribution(values)
        #expect(own.counts.reduce(0, +) + own.missing == own.count)
        #expect(own.edges == own.edges.sorted() && own.edges.count == own.counts.count + 1)
        #expect(own.counts.allSatisfy { (40...50).contains($0) })
        #expect(own.drift(of: values) == 0)
        #expect(own.drift(of: values.map { $0 + 0.2 }) > 0.25)
        #expect(own.drift(of: values.map { _ in .nan }) > 0.25)
        #expect(own.drift(of: values.reversed()) == 0)
    }

    @Test(arguments: [[], [.nan], [1], [1, 1, 1], [1, .nan, 2]] as [[Float]])
    func smallColumnsHaveADistribution(values: [Float]) {
        let own = ColumnDistribution(values)
        #expect(own.counts.reduce(0, +) + own.missing == values.count)
        #expect(own.drift(of: values) == 0)
        #expect(own.drift(of: [7, .nan]).isFinite)
    }
}
