import Foundation
import PrisML
import PrisMLCommands
import Prisma
import Shoppers
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions in every row.
@Test func segmentsAreLearnedAndWritten() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "segment-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let segment = segment.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [segment])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(shoppers: 3_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    #expect(try await writeSegments(to: prisma, using: segment, batch: 700) == 3_000)
    #expect(try await prisma.shopper.count(where: { $0.predicted == nil || $0.predictedBy == nil }) == 0)
    let known = try await prisma.shopper.count(where: { $0.segment != nil })
    let right = try await prisma.shopper.count(where: { $0.segment == $0.predicted })
    #expect(Double(right) / Double(known) > 0.8)
    await prisma.close()
}
