/// How a feature's values lie among the training rows.
package enum FeatureDistribution: Sendable, Hashable, Codable {
    case numbers(ColumnDistribution)
    /// The most frequent values with their counts, how many rows have others, and how many have none.
    case categories([Category], others: Int, missing: Int)

    package struct Category: Sendable, Hashable, Codable {
        package var name: String
        package var count: Int

        package init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// Counts texts, with nil for what is missing; of equals the first in the order of their bytes is named.
    package static func counting(_ values: some Sequence<String?>, top: Int = 12) -> FeatureDistribution {
        var counts: [String: Int] = [:]
        var missing = 0
        for value in values {
            if let value { counts[value, default: 0] += 1 } else { missing += 1 }
        }
        let sorted = counts.sorted { first, second in
            first.value != second.value ? first.value > second.value : first.key.utf8.lexicographicallyPrecedes(second.key.utf8)
        }
        return .categories(
            sorted.prefix(top).map { Category(name: $0.key, count: $0.value) }, others: sorted.dropFirst(top).reduce(0) { $0 + $1.value },
            missing: missing)
    }
}
