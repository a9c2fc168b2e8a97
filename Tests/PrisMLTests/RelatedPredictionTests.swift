import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Predictions about the row at the other end of a relation, whichever way that row is read.
@Suite struct RelatedPredictionTests {
    @Test(arguments: Shop.dialects) func rowsThatFewOrOneLeadToHaveTheirPredictions(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let churn = churn(shop.folder.file("models"), gated: false)
        try await shop.train(churn)
        let prisma = shop.prisma
        try await prisma.profile.create(.init(bio: "b", userId: 3))
        let users = try await prisma.user.findMany(include: churn)
        let expected = Dictionary(uniqueKeysWithValues: users.map { ($0.0.id, $0.1.probability) })

        // A few rows, where the related one is joined, and all of them, where it is not.
        for take in [10, nil] {
            let selected = try await prisma.order.findMany(
                orderBy: { $0.id.ascending }, take: take, include: { $0.user.select { churn($0).probability } })
            #expect(selected.count >= 10 && selected.allSatisfy { $0.1 == expected[$0.0.userId] })
            let included = try await prisma.order.findMany(
                orderBy: { $0.id.ascending }, take: take, include: { $0.user.include { (churn($0).probability, churn) } })
            #expect(included.count == selected.count)
            #expect(included.allSatisfy { $0.1.1 == expected[$0.1.0.id] && $0.1.2.probability == expected[$0.0.userId] })
        }
        let order = try await prisma.order.findUniqueOrThrow(where: { $0.id == 1 }, include: { $0.user.select { churn($0).probability } })
        #expect(order.1 == expected[order.0.userId])
        let profile = try await prisma.profile.findFirstOrThrow(include: { $0.user.include { _ in churn } })
        #expect(profile.1.1.probability == expected[3])
    }
}
