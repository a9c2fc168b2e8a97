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

    /// Rows of today are counted into the bins of the training rows, and compared with them.
    @Test func rowsAreComparedAsSciPyAndNumPyDo() throws {
        for drift in try Self.fixture("drifts") {
            let name = try #require(drift["name"]?.string)
            let edges = try #require(drift["edges"]?.array)
            let (before, missing) = (try #require(drift["counts"]), try #require(drift["missing"]))
            let known = try #require(KnownDistribution(["edges": .array([-1e9] + edges), "counts": before, "missing": missing]))
            var counts = [Int](repeating: 0, count: known.counts.count)
            for value in try #require(drift["today"]?.array) { counts[known.bin(of: value.double.map { Float($0) } ?? .nan)] += 1 }
            #expect(Self.isNear(known.stabilityIndex(counts), drift["psi"]?.double), "\(name): \(known.stabilityIndex(counts))")
            let distance = try #require(known.distance(counts))
            #expect(Self.isNear(distance, drift["ks"]?.double), "\(name): \(distance)")
        }
    }
}
