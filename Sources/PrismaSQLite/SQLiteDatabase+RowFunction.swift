package import Prisma

extension SQLiteDatabase: SQLFileOpening {
    package func opening(file path: String) throws -> any SQLDatabase {
        var options = SQLiteDatabase.Options()
        options.creates = true
        return try SQLiteDatabase(url: "file:\(path)", readers: 1, options: options)
    }
}

extension SQLiteDatabase: SQLFunctionHost {
    package func register(rowFunction name: String, _ body: @escaping RowFunction.Body) -> any SQLFunctionRegistration {
        functions.add(
            SQLiteFunction(
                name: name, argumentCount: -1, isDeterministic: true,
                body: .number { arguments in
                    var row = SQLRow(cells: arguments)
                    return try body(&row)
                }))
        return Registration(name: name, functions: functions)
    }

    private final class Registration: SQLFunctionRegistration {
        private let name: String
        private let functions: SQLiteFunctions

        init(name: String, functions: SQLiteFunctions) { (self.name, self.functions) = (name, functions) }

        deinit { functions.remove(name) }
    }

    package func addFunctions(to connection: any SQLConnection) async throws {
        try await (connection as? SQLiteConnection)?.beginLease()
    }
}
