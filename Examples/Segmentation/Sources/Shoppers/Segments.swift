import PrisML
import Prisma

/// What kind of shopper this is: one of four classes, learned from those that a person has sorted.
public let segment = Predictor("segment", on: Shopper.self, predicting: \.segment) { shopper in
    Feature("purchases", shopper.purchases.count)
    Feature("purchases90d", shopper.purchases.where { $0.createdAt > .now - .days(90) }.count)
    Feature("averageAmount", shopper.purchases.average { $0.amount })
    Feature("averageDiscount", shopper.purchases.average { $0.discount })
    Feature("daysSincePurchase", shopper.purchases.max { $0.createdAt }.days(until: .now))
    Feature("newsletter", shopper.newsletter)
}
.algorithm(.randomForest(trees: 100, depth: 8))
.gate(.accuracy, atLeast: 0.7)

/// Writes the predicted segment of every shopper into its row, for those who read the table without this program.
///
/// Each batch is one query with its predictions, and one transaction with an update for each segment: what was written stays when the
/// job is stopped, and a job that starts again writes the same.
/// - Returns: how many rows were written.
public func writeSegments(
    to prisma: PrismaClient, using predictor: Predictor<Shopper, Segment> = segment, batch size: Int = 1_000,
    progress: (Int) -> Void = { _ in }
) async throws -> Int {
    var written = 0
    var last = 0
    while true {
        let start = last
        let batch = try await prisma.shopper.findMany(
            where: { $0.id > start }, orderBy: { $0.id.ascending }, take: size, include: predictor)
        guard let end = batch.last?.0.id else { return written }
        try await prisma.transaction { tx in
            for (label, members) in Dictionary(grouping: batch, by: \.1.label) {
                let ids = members.map(\.0.id)
                let version = members[0].1.version
                try await tx.shopper.updateMany(where: { $0.id.isIn(ids) }) {
                    $0.predicted = label
                    $0.predictedBy = version
                }
            }
        }
        written += batch.count
        last = end
        progress(written)
    }
}
