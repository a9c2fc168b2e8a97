import Prisma
import PrismaPostgres

/// The parts of a `postgresql://` URL that name a database on a server.
struct PostgresLocation: CustomStringConvertible {
    private let beforeDatabase: String
    private let afterDatabase: String
    private let host: String
    /// The name as the server knows it; nil if the URL has none.
    let database: String?

    init(_ url: String) {
        let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let end = url[start...].firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
        let slash = url[start..<end].firstIndex(of: "/")
        let authority = url[start..<(slash ?? end)]
        host = String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
        let name = slash.map { String(url[url.index(after: $0)..<end]) } ?? ""
        database = name.isEmpty ? nil : Self.decoded(name)
        beforeDatabase = String(url[..<(slash ?? end)])
        afterDatabase = String(url[end...])
    }

    /// `my%20shop` as `my shop`
    private static func decoded(_ name: String) -> String {
        let text = Array(name.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            let digits = text[index] == UInt8(ascii: "%") ? text.dropFirst(index + 1).prefix(2) : []
            if digits.count == 2, let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without user and password: `shop at localhost:5432`
    var description: String { "\(database ?? "the database") at \(host.isEmpty ? "localhost" : host)" }

    /// Makes the database, empty, by way of one that every server has.
    func createDatabase() async throws {
        guard let database else { return }
        for maintenance in ["postgres", "template1"] {
            let server = try PostgresDatabase(url: "\(beforeDatabase)/\(maintenance)\(afterDatabase)")
            do {
                try await server.withConnection(for: .write) { connection in
                    try await connection.executeScript("CREATE DATABASE \(SQLWriter.quoted(database))")
                }
                await server.close()
                return
            } catch let error as PrismaError where error.code == .databaseMissing && maintenance == "postgres" {
                await server.close()
            } catch {
                await server.close()
                throw error
            }
        }
    }
}
