import Foundation
import Payments
import PrisML
import PrisMLCommands
import Prisma
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func fraudIsLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fraud-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let fraud = fraud.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [fraud])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(cards: 600).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let worst = try await prisma.payment.findMany(
        where: { $0.isFraud != nil }, orderBy: { fraud($0).probability.descending }, take: 50, include: fraud)
    #expect(worst.count { $0.0.isFraud == true } > 25)
    #expect(worst.map(\.1.probability) == worst.map(\.1.probability).sorted(by: >))
    await prisma.close()
}
