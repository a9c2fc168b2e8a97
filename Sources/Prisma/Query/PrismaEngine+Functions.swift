internal import Synchronization

extension PrismaEngine {
    /// Loads what the functions of a query need and, where the database can call them, makes them known to it.
    @discardableResult
    package func prepareFunctions(
        of nodes: [ExpressionNode], on connection: any SQLConnection
    ) async throws -> [RowFunction: RowFunction.Prepared] {
        let dependencies = ExpressionDependencies(nodes)
        guard !dependencies.functions.isEmpty else { return [:] }
        var functions: [RowFunction: RowFunction.Prepared] = [:]
        for function in dependencies.functions {
            let prepared = try await function.prepare(self)
            functions[function] = prepared
            guard let host = database as? any SQLFunctionHost else { continue }
            registeredFunctions.identities.withLock { identities in
                guard identities[function.name] != prepared.identity else { return }
                host.register(rowFunction: function.name, argumentCount: -1, prepared.body)
                identities[function.name] = prepared.identity
            }
        }
        try await (database as? any SQLFunctionHost)?.addFunctions(to: connection)
        return functions
    }
}

extension PrismaEngine {
    /// Whether the database itself can call functions of this process.
    var callsFunctions: Bool { options.callsFunctionsInDatabase && database is any SQLFunctionHost }
}

extension FindRequest {
    /// All expressions of the request.
    package var nodes: [ExpressionNode] { [filter, cursor, having].compactMap(\.self) + order.map(\.node) + selections + groups }
}
