import Foundation
import HTTP
import Parcels
import PrisML
import PrisMLCommands
import Prisma
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The whole line on a database of its own: tables, rows, training, and answers over HTTP.
@Test func predictionsAreServed() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "server-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let late = late.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [late])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(parcels: 4_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let service = try await Service(prisma, late: late)
    let server = try HTTPServer(port: 0) { await service.answer($0) }
    func ask(_ path: String, _ body: String? = nil) async throws -> (status: Int, json: JSON) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)")))
        if let body { (request.httpMethod, request.httpBody) = ("POST", Data(body.utf8)) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, try JSON(parsing: String(decoding: data, as: UTF8.self)))
    }

    #expect(try await ask("/health").json["status"] == "ok")
    let worst = try #require(try await ask("/parcels?top=5").json.array)
    let risks = worst.compactMap { $0["late"]?["probability"]?.double }
    #expect(risks.count == 5 && risks == risks.sorted(by: >))
    let id = try #require(worst[0]["id"]?.int)
    #expect(try await ask("/parcels/\(id)").json == worst[0])

    // The same parcel by its features alone.
    let (parcel, hub) = try #require(try await prisma.parcel.findUnique(where: { $0.id == Int(id) }, include: { $0.hub }))
    let features: JSON = [
        "carrier": .string(parcel.carrier.rawValue), "weight": .double(parcel.weight), "distance": .double(parcel.distance),
        "hub": .string(hub.city),
    ]
    #expect(try await ask("/predict", features.text).json["probability"] == worst[0]["late"]?["probability"])

    let wrong: [(path: String, body: String?, status: Int)] = [
        ("/parcels/999999", nil, 404), ("/parcels/x", nil, 400), ("/parcels?top=0", nil, 400), ("/nothing", nil, 404),
        ("/predict", nil, 405), ("/predict", "{", 400), ("/predict", "[]", 400), ("/predict", #"{"weight": 3}"#, 422),
        ("/predict", String(repeating: " ", count: 2_000_000), 413),
    ]
    for (path, body, status) in wrong {
        let answer = try await ask(path, body)
        #expect(answer.status == status, "\(path)")
        #expect(answer.json["error"]?.string?.isEmpty == false, "\(path)")
    }

    // Many at once, and an end that leaves nobody without an answer.
    try await withThrowingTaskGroup { group in
        for _ in 0..<50 { group.addTask { try await ask("/parcels/\(id)").status } }
        for try await status in group { #expect(status == 200) }
    }
    await server.stop()
    await #expect(throws: URLError.self) { try await ask("/health") }
    await prisma.close()
}
