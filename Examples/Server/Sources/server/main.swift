import Foundation
import HTTP
import Parcels

/// Says in a line what keeps the server from starting, and ends.
func refuse(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("server: \(reason)\n".utf8))
    exit(1)
}

let environment = ProcessInfo.processInfo.environment
guard let port = Int(environment["PORT"] ?? "8080"), (0...65_535).contains(port) else { refuse("PORT is a number up to 65535.") }
let prisma: PrismaClient
let server: HTTPServer
do {
    prisma = try PrismaClient()
    let service = try await Service(prisma)
    server = try HTTPServer(host: environment["HOST"] ?? "127.0.0.1", port: port) { await service.answer($0) }
} catch {
    refuse("\(error)")
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
