import Foundation
import Homes
import PrisML
import PrisMLCommands
import Prisma
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func pricesAreLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "price-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let price = price.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [price])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await prisma.home.createMany(SampleData(homes: 1_000).homes)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let unsold = try await prisma.home.findMany(where: { $0.price == nil }, include: price)
    #expect(!unsold.isEmpty)
    #expect(unsold.allSatisfy { _, worth in worth.label > 20_000 && worth.label < 1_000_000 })
    await prisma.close()
}
