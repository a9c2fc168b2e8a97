import Foundation
import HTTP
import Parcels

let environment = ProcessInfo.processInfo.environment
let prisma = try PrismaClient()
let service = try await Service(prisma)
let server = try HTTPServer(host: environment["HOST"] ?? "127.0.0.1", port: environment["PORT"].flatMap { Int($0) } ?? 8080) { request in
    await service.answer(request)
}
print("answering on port \(server.port); Ctrl-C ends it")

// Ends when it is asked to: the answers that are under way are given first.
let (asked, asks) = AsyncStream.makeStream(of: Void.self)
let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { asks.yield() }
    source.resume()
    return source
}
for await _ in asked { break }
for source in sources { source.cancel() }
await server.stop()
await prisma.close()
print("ended")
