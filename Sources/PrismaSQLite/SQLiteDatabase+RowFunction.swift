package import Prisma

extension SQLiteDatabase: SQLFileOpening {
    package func opening(file path: String) throws -> any SQLDatabase {
        var options = SQLiteDatabase.Options()
        options.creates = true
        return try SQLiteDatabase(url: "file:\(path)", readers: 1, options: options)
    }
}

extension SQLiteDatabase: SQLFunctionHost {
    package func register(rowFunction name: String, argumentCount: Int, _ body: @escaping RowFunction.Body) {
        register(numericFunction: name, argumentCount: argumentCount) { arguments in
            var row = SQLRow(cells: arguments)
            return try body(&row)
        }
    }

    package func addFunctions(to connection: any SQLConnection) async throws {
        try await (connection as? SQLiteConnection)?.beginLease()
    }
}
