internal import CPostgres
import Prisma

extension PostgresConnection: SQLRowCopier {
    func copy(_ rows: SQLNewRows, into table: String, columns: [String]) async throws -> Int? {
        try await operation {
            // Rules and policies on rows are not applied to COPY, and views do not take it.
            let isPlain = SQLStatement(
                """
                SELECT 1 FROM pg_class WHERE oid = $1::regclass AND relkind IN ('r', 'p') AND NOT relrowsecurity AND NOT relhasrules
                """, bindings: [.text(table)])
            guard try await run(isPlain).result.rowCount == 1 else { return nil }
            let sql = "COPY \(table) (\(columns.joined(separator: ", "))) FROM STDIN"
            guard PQsendQuery(handle.pointer, sql) == 1 else { throw failure(sql: sql) }
            try await flush()
            guard let opening = try await nextResult() else { throw failure(sql: sql) }
            guard opening.status == PGRES_COPY_IN else {
                while try await nextResult() != nil {}
                try check(opening, sql: sql)
                throw PrismaError(.unexpected, "The server did not begin to take rows.", sql: sql, help: "Run it again.")
            }
            do {
                try await send(rows, columnCount: columns.count, sql: sql)
            } catch {
                // The server forgets what it has of this statement.
                if !isLost { try await endCopy("a row could not be sent", sql: sql) }
                throw error
            }
            return try await endCopy(nil, sql: sql)
        }
    }

    private func send(_ rows: SQLNewRows, columnCount: Int, sql: String) async throws {
        var text = PostgresCopyText()
        for values in rows.batches {
            for start in stride(from: 0, to: values.count, by: columnCount) {
                try text.append(values, from: start, count: columnCount)
                guard text.bytes.count >= 64 * 1024 else { continue }
                try await send(text.bytes, sql: sql)
                text.removeAll()
            }
        }
        try await send(text.bytes, sql: sql)
    }

    private func send(_ bytes: [UInt8], sql: String) async throws(PrismaError) {
        guard !bytes.isEmpty else { return }
        while true {
            let status = bytes.withUnsafeBytes { raw in
                PQputCopyData(handle.pointer, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: raw.count))
            }
            guard status >= 0 else { throw failure(sql: sql) }
            try await flush()
            if status == 1 { return }
        }
    }

    /// Ends the COPY, successfully or with a message that makes the server give it up; gives the number of rows.
    @discardableResult
    private func endCopy(_ message: String?, sql: String) async throws -> Int {
        while true {
            let status = message.map { PQputCopyEnd(handle.pointer, $0) } ?? PQputCopyEnd(handle.pointer, nil)
            guard status >= 0 else { throw failure(sql: sql) }
            try await flush()
            if status == 1 { break }
        }
        var count = 0
        var error: (any Error)?
        while let result = try await nextResult() {
            do {
                if message == nil { try check(result, sql: sql) }
                count += result.changeCount
            } catch let failure {
                if isLost { throw failure }
                if error == nil { error = failure }
            }
        }
        if let error { throw (error as? PostgresStalePlan)?.error ?? error }
        return count
    }
}
