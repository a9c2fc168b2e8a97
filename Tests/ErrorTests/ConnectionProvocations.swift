import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import ShopClient
import TestSupport

/// Asks the server at a URL for something, and closes the connection.
private func ask(_ url: String) async throws { try await ask(try PostgresDatabase(url: url)) }

/// Asks a database for the shop's customers, and closes it.
func ask(_ database: any SQLDatabase) async throws {
    let prisma = PrismaClient(engine: PrismaEngine(database: database, schema: try PrismaClient.schema.get()))
    do {
        _ = try await prisma.user.count()
    } catch {
        await prisma.close()
        throw error
    }
    await prisma.close()
}

let connectionProvocations: [Provocation] = [
    .init("P1000", "a wrong password", on: [.postgresql]) { _ in
        let server = try await PostgresTestServer.start(listensOnPort: true)
        try await server.run("CREATE ROLE guest LOGIN PASSWORD 'right'")
        try await server.setAuthentication("host all guest 127.0.0.1/32 scram-sha-256")
        try await ask("postgresql://guest:wrong@127.0.0.1:\(server.port ?? 0)/postgres")
    },
    .init("P1001", "a port where nobody listens", on: [.postgresql]) { _ in
        try await ask("postgresql://postgres@127.0.0.1:1/postgres")
    },
    .init("P1001", "a host whose name is not known", on: [.postgresql]) { _ in
        try await ask("postgresql://postgres@no-such-host.invalid/postgres")
    },
    .init("P1002", "a server that takes the connection and says nothing", on: [.postgresql]) { _ in
        let listener = try SilentListener()
        try await ask("postgresql://postgres@127.0.0.1:\(listener.port)/postgres?connect_timeout=1")
    },
    .init("P1003", "a database that is not there") { dialect in
        switch dialect {
        case .sqlite:
            let folder = try TemporaryFolder()
            try await ask(try SQLiteDatabase(url: "file:\(folder.file("absent.db"))"))
        case .postgresql: try await ask(try await PostgresTestServer.shared().url(database: "absent"))
        }
    },
    .init("P1008", "a lock that another transaction holds for too long") { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let rival = try shop.rival(dialect == .sqlite ? "socket_timeout=1" : "options=-c%20lock_timeout%3D100")
        try await shop.prisma.transaction { tx in
            try await tx.user.updateMany { $0.visits += 1 }
            _ = try await rival.user.updateMany { $0.visits += 1 }
        }
    },
    .init("P1010", "a user without permissions", on: [.postgresql]) { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.script("CREATE ROLE reader_\(shop.database) LOGIN")
        try await ask(shop.url.replacing("postgres@", with: "reader_\(shop.database)@"))
    },
    .init("P1011", "TLS that the server does not speak", on: [.postgresql]) { _ in
        let server = try await PostgresTestServer.start(listensOnPort: true)
        try await ask("postgresql://postgres@localhost:\(server.port ?? 0)/postgres?sslmode=require")
    },
    .init("P1013", "a URL of another kind of database") { dialect in
        switch dialect {
        case .sqlite: _ = try SQLiteDatabase(url: "mysql://root@localhost/shop")
        case .postgresql: _ = try PostgresDatabase(url: "postgresql://postgres@localhost:port/shop")
        }
    },
    .inShop("P1017", "a client that was closed") { shop in
        await shop.prisma.close()
        _ = try await shop.prisma.user.count()
    },
    .init("P2024", "a pool of one, asked for a second connection inside of a transaction") { dialect in
        let shop = try await Shop.make(dialect)
        let single = try shop.rival("pool_timeout=1&connection_limit=1")
        try await single.transaction { tx in
            try await tx.tag.create(.init(default: "inside"))
            _ = try await single.tag.count()
        }
    },
    .init("P2037", "more connections than the server gives", on: [.postgresql]) { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.script("CREATE ROLE only_\(shop.database) LOGIN; ALTER DATABASE \(shop.database) CONNECTION LIMIT 0")
        try await ask(shop.url.replacing("postgres@", with: "only_\(shop.database)@"))
    },
]

extension Shop {
    /// The database's name on the server.
    fileprivate var database: String { url.split(separator: "?")[0].split(separator: "/").last.map(String.init) ?? "" }
}
