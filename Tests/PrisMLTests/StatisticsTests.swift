import Foundation
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML

/// What SciPy and NumPy say of outcomes and of rows, which `scripts/make-statistics-fixtures` wrote down.
@Suite struct StatisticsTests {
    private static func fixture(_ part: String) throws -> [JSON] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/statistics.json")
        return try #require(JSON(parsing: String(contentsOf: file, encoding: .utf8))[part]?.array)
    }

    private static func isNear(_ value: Double, _ expected: Double?, within share: Double = 1e-6) -> Bool {
        guard let expected else { return false }
        return (value - expected).magnitude <= share * max(expected.magnitude, 1e-3)
    }

    /// Outcomes are recorded, summed up by the database, and compared: difference, interval and p-value are those of Welch's test.
    @Test(arguments: Shop.dialects) func outcomesAreComparedAsSciPyDoes(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let outcomes = ExperimentOutcomes(shop.prisma.engine)
        try await outcomes.createTable()
        for comparison in try Self.fixture("comparisons") {
            let name = try #require(comparison["name"]?.string)
            for arm in ["arm", "control"] {
                for (key, value) in (comparison[arm]?.array ?? []).compactMap(\.double).enumerated() {
                    try await outcomes.record(value, experiment: name, key: "\(arm)\(key)", arm: arm)
                }
            }
            let arms = try await outcomes.arms(of: name)
            let arm = try #require(arms.first { $0.name == "arm" })
            let found = try #require(ArmComparison(arm, against: arms[1]), "\(name)")
            #expect(Self.isNear(found.difference, comparison["difference"]?.double), "\(name): \(found.difference)")
            #expect(Self.isNear(found.interval.lowerBound, comparison["lower"]?.double), "\(name): \(found.interval)")
            #expect(Self.isNear(found.interval.upperBound, comparison["upper"]?.double), "\(name): \(found.interval)")
            let p = try #require(comparison["p"]?.double)
            #expect((found.pValue - p).magnitude <= 1e-6 * p, "\(name): \(found.pValue), not \(p)")
        }
    }

    /// In the middle of the distribution and far out, from one degree of freedom to a million.
    @Test func theTailsOfTheDistributionAreSciPys() throws {
        for tail in try Self.fixture("tails") {
            let (t, degrees) = (try #require(tail["t"]?.double), try #require(tail["degrees"]?.double))
            let p = StudentT.chanceBeyond(t, degrees: degrees)
            let expected = try #require(tail["p"]?.double)
            #expect((p - expected).magnitude <= 1e-8 * expected, "t = \(t), \(degrees): \(p), not \(expected)")
            let limit = StudentT.limit(of: 0.05, degrees: degrees)
            #expect(Self.isNear(limit, tail["limit"]?.double), "\(degrees): \(limit)")
        }
    }

    /// The scale of the outcomes decides nothing, also where its square is no number that can be kept.
    @Test(arguments: [1e-120, 1e-100, 1, 1e90, 1e120]) func theScaleOfOutcomesDecidesNothing(scale: Double) throws {
        let fixture = try #require(try Self.fixture("comparisons").first { $0["name"]?.string == "small numbers" })
        let arm = ArmOutcomes(name: "arm", count: 3, mean: 2 * scale, variance: scale * scale)
        let control = ArmOutcomes(name: "control", count: 3, mean: 6 * scale, variance: 7 * scale * scale)
        let found = try #require(ArmComparison(arm, against: control))
        #expect(Self.isNear(found.pValue, fixture["p"]?.double), "\(found.pValue)")
        #expect(Self.isNear(found.interval.lowerBound / scale, fixture["lower"]?.double), "\(found.interval)")
        #expect(Self.isNear(found.interval.upperBound / scale, fixture["upper"]?.double), "\(found.interval)")
    }

    /// Outcomes that never vary say nothing of how much they would: there is neither an interval nor a chance.
    @Test(arguments: [(1.0, 0.0), (0.0, 0.0), (0.1, 0.3)]) func outcomesThatNeverVaryAreNotMeasured(arm: Double, control: Double) {
        let arm = ArmOutcomes(name: "arm", count: 2, mean: arm, variance: 0)
        #expect(ArmComparison(arm, against: ArmOutcomes(name: "control", count: 2, mean: control, variance: 0)) == nil)
    }

    /// Rows of today are counted into the bins of the training rows, and compared with them.
    @Test func rowsAreComparedAsSciPyAndNumPyDo() throws {
        for drift in try Self.fixture("drifts") {
            let name = try #require(drift["name"]?.string)
            let edges = try #require(drift["edges"]?.array)
            let (before, missing) = (try #require(drift["counts"]), try #require(drift["missing"]))
            let known = try #require(KnownDistribution(["edges": .array([-1e9] + edges), "counts": before, "missing": missing]))
            var counts = [Int](repeating: 0, count: known.counts.count)
            for value in try #require(drift["today"]?.array) { counts[known.bin(of: value.double.map { Float($0) } ?? .nan)] += 1 }
            let index = StabilityIndex.between(known.counts, counts)
            #expect(Self.isNear(index, drift["psi"]?.double), "\(name): \(index)")
            let distance = try #require(known.distance(counts))
            #expect(Self.isNear(distance, drift["ks"]?.double), "\(name): \(distance)")
        }
    }
}
