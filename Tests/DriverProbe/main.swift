import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite

// A process of its own for what a test cannot do in its own: being killed, and having its memory measured.

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, Array(arguments.dropFirst())) {
case ("write", let rest) where rest.count == 1:
    try await write(url: rest[0])
case ("stream", let rest) where rest.count == 2:
    try await stream(url: rest[0], count: Int(rest[1]) ?? 0)
default:
    FileHandle.standardError.write(Data("usage: DriverProbe write URL | stream URL COUNT\n".utf8))
    exit(2)
}

/// Prints a line at once: whoever reads it may kill this process next.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func open(_ url: String) throws -> any SQLDatabase {
    if url.hasPrefix("file:") { return try SQLiteDatabase(url: url) }
    return try PostgresDatabase(url: url)
}

/// Writes pairs of rows, one transaction each, and prints the number of each pair once it is committed; until it is killed.
func write(url: String) async throws {
    let database = try open(url)
    let last = try await database.withConnection(for: .read) { connection in
        try await connection.query(SQLStatement("SELECT coalesce(max(id), 0) FROM one")) { rows in
            guard var row = try rows.next() else { return Int64(0) }
            return try row.int64()
        }
    }
    var number = last
    while true {
        number += 1
        let id = SQLValue.int(number)
        _ = try await database.withConnection(for: .write) { connection in
            try await connection.execute([
                SQLStatement("INSERT INTO one VALUES (?1, 'a text that takes some room')", bindings: [id]),
                SQLStatement("INSERT INTO two VALUES (?1)", bindings: [id]),
            ])
        }
        say("\(number)")
    }
}

/// Streams rows through a cursor and prints how many kilobytes the process grew after the first thousand.
func stream(url: String, count: Int) async throws {
    let database = try open(url)
    let sql =
        url.hasPrefix("file:")
        ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i * 0.5, 'row number ' || i, NULL FROM n LIMIT ?1"
        : "SELECT i, i * 0.5::float8, 'row number ' || i, NULL::text FROM generate_series(1, $1) i"
    let (read, growth) = try await database.withConnection(for: .read) { connection in
        let cursor = try await connection.open(SQLStatement(sql, bindings: [.int(Int64(count))]))
        var read = 0
        var before = 0
        var most = 0
        while true {
            let batch = try await cursor.read(upTo: 1000) { rows in
                var sum = 0
                while var row = try rows.next() {
                    _ = (try row.int64(), try row.double(), try row.string())
                    sum += 1
                }
                return sum
            }
            if batch == 0 { break }
            read += batch
            if before == 0 { before = residentKilobytes() }
            most = max(most, residentKilobytes())
        }
        await cursor.close()
        return (read, most - before)
    }
    say("\(read) \(growth)")
}

func residentKilobytes() -> Int {
    #if os(Linux)
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1024 : 0
    #else
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss / 1024
    #endif
}
