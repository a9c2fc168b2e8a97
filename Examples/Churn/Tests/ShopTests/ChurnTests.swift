import Foundation
import PrisML
import PrisMLCommands
import Prisma
import Shop
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func churnIsLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "churn-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let churn = churn.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [churn])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(customers: 2_000, orders: 20_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "churn", "--url", url]) == 0)
    #expect(await tool.run(["ml", "check"]) == 0)

    let customers = try await prisma.customer.findMany(where: { $0.isChurned != nil }, include: churn)
    let right = customers.count { customer, risk in risk.label == customer.isChurned }
    #expect(Double(right) / Double(customers.count) > 0.65)
    await prisma.close()
}
