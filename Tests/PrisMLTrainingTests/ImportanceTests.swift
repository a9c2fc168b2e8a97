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
        #expect(own.bins.reduce(0, +) + own.missing == own.count && own.bins.count == own.cuts.count + 1)
        #expect(own.bins.first == 0 && own.bins.last == 0 && own.cuts == own.cuts.sorted())
        #expect(own == ColumnDistribution(values.reversed()))
    }

    /// A number that fills a part of the column has a bin of its own, and what no row had has bins below and above.
    @Test(
        arguments: [
            ([0, 1, 0, 1], [0, 2, 0, 2, 0]), ([0, 0, 0, 0], [0, 4, 0]), (Array(repeating: 0, count: 95) + [1, 2, 3, 4, 5], [0, 95, 5, 0]),
            (Array(repeating: 3, count: 60) + (0..<20).map { $0 < 10 ? 1 : 5 }, [0, 10, 0, 60, 0, 10, 0]),
            ([.infinity, 2, 2, -.infinity], [1, 2, 1]),
        ] as [([Float], [Int])])
    func aHeavyNumberHasItsOwnBin(values: [Float], bins: [Int]) {
        #expect(ColumnDistribution(values).bins == bins)
    }

    @Test(arguments: [[], [.nan], [1], [1, 1, 1], [1, .nan, 2]] as [[Float]])
    func smallColumnsHaveADistribution(values: [Float]) {
        let own = ColumnDistribution(values)
        #expect(own.counts.reduce(0, +) + own.missing == values.count)
        #expect(own.bins.reduce(0, +) + own.missing == values.count)
    }
}
