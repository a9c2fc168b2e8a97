import Foundation
import Prisma

/// A row of eight mixed columns, the same for every database and every peer.
struct BenchmarkUser: Sendable {
    var id: Int
    var email: String
    var name: String?
    var score: Double
    var active: Bool
    var created: Date
    var visits: Int
    var plan: String

    static let columns = "id, email, name, score, active, created, visits, plan"
    static let all = "SELECT \(columns) FROM users"

    init(row: inout SQLRow) throws(PrismaError) {
        id = try row.int()
        email = try row.string()
        name = try row.stringIfPresent()
        score = try row.double()
        active = try row.bool()
        created = try row.date()
        visits = try row.int()
        plan = try row.string()
    }

    static func many(_ rows: inout SQLRows) throws -> [BenchmarkUser] {
        var users: [BenchmarkUser] = []
        while var row = try rows.next() { users.append(try BenchmarkUser(row: &row)) }
        return users
    }

    static func one(_ rows: inout SQLRows) throws -> BenchmarkUser? {
        guard var row = try rows.next() else { return nil }
        return try BenchmarkUser(row: &row)
    }

    /// The values of the row with a number.
    static func values(_ number: Int) -> [SQLValue] {
        [
            .int(Int64(number)), .text("user\(number)@example.com"), number % 5 == 0 ? .null : .text("Name of user \(number)"),
            .double(Double(number) * 0.37), .bool(number % 2 == 0),
            .timestamp(microseconds: 1_700_000_000_000_000 + Int64(number) * 1_000_000),
            .int(Int64(number) * 3), .text(number % 3 == 0 ? "free" : "professional"),
        ]
    }

    static func table(_ dialect: SQLDialect, _ name: String) -> String {
        dialect == .sqlite
            ? "CREATE TABLE \(name) (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, score REAL NOT NULL, active BOOLEAN NOT NULL, created DATETIME NOT NULL, visits BIGINT NOT NULL, plan TEXT NOT NULL)"
            : "CREATE TABLE \(name) (id BIGINT PRIMARY KEY, email TEXT NOT NULL, name TEXT, score DOUBLE PRECISION NOT NULL, active BOOLEAN NOT NULL, created TIMESTAMP(3) NOT NULL, visits BIGINT NOT NULL, plan TEXT NOT NULL)"
    }

    /// Statements that insert rows, each as many as fit the parameters that any database takes.
    static func insert(into table: String, _ dialect: SQLDialect, _ numbers: Range<Int>, perStatement size: Int) -> [SQLStatement] {
        stride(from: numbers.lowerBound, to: numbers.upperBound, by: size).map { start in
            let rows = start..<min(start + size, numbers.upperBound)
            var text = "INSERT INTO \(table) VALUES "
            var parameter = 0
            for row in rows {
                text += row == start ? "(" : ",("
                for column in 0..<8 {
                    parameter += 1
                    text += (column == 0 ? "" : ",") + (dialect == .sqlite ? "?" : "$") + String(parameter)
                }
                text += ")"
            }
            return SQLStatement(text, bindings: rows.flatMap(values))
        }
    }
}
