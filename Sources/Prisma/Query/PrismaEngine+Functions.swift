internal import Synchronization

extension PrismaEngine {
    /// Loads what the functions of a query need and, where the database can call them, tells it of them. On an engine for one query what
    /// was loaded before is what is given, so that a query which prepares its functions before it leases a connection waits for nothing
    /// while it has one.
    @discardableResult
    package func prepareFunctions(of nodes: [ExpressionNode]) async throws -> [RowFunction: RowFunction.Prepared] {
        guard nodes.contains(where: \.hasFunction) else { return [:] }
        var functions: [RowFunction: RowFunction.Prepared] = [:]
        for function in ExpressionDependencies(nodes).functions { functions[function] = try await prepared(function) }
        return functions
    }

    /// Leases a connection for a query, or takes the transaction's; what the query's functions need is loaded before.
    package func withConnection<Result: Sendable>(
        for access: SQLAccess, preparing nodes: [ExpressionNode],
        _ body: @escaping @Sendable (PrismaEngine, any SQLConnection) async throws -> Result
    ) async throws -> Result {
        guard nodes.contains(where: \.hasFunction) else { return try await withConnection(for: access) { try await body(self, $0) } }
        let engine = forOneQuery
        try await engine.prepareFunctions(of: nodes)
        return try await engine.withConnection(for: access) { try await body(engine, $0) }
    }

    /// The same, on a connection that is to know the functions.
    @discardableResult
    package func prepareFunctions(
        of nodes: [ExpressionNode], on connection: any SQLConnection
    ) async throws -> [RowFunction: RowFunction.Prepared] {
        let functions = try await prepareFunctions(of: nodes)
        if !functions.isEmpty { try await (database as? any SQLFunctionHost)?.addFunctions(to: connection) }
        return functions
    }

    /// A function ready to run: the same one in all parts of a query.
    func prepared(_ function: RowFunction) async throws -> RowFunction.Prepared {
        guard let memory else { return try await function.prepare(self) }
        return try await memory.value(function) { () -> KnownFunction in
            let prepared = try await function.prepare(self)
            guard let host = database as? any SQLFunctionHost else { return KnownFunction(prepared: prepared, registered: nil) }
            let registered = registeredFunctions.functions.withLock { functions in
                if let known = functions[function.name], known.identity == prepared.identity { return known }
                // No two registrations share a name: another engine's may end while this one lasts.
                let name = "\(function.name)_\(RegisteredFunction.count.wrappingAdd(1, ordering: .relaxed).newValue)"
                let registered = RegisteredFunction(
                    identity: prepared.identity, name: name, registration: host.register(rowFunction: name, prepared.body))
                functions[function.name] = registered
                return registered
            }
            memory.name(function.name, inDatabase: registered.name)
            return KnownFunction(prepared: prepared, registered: registered)
        }.prepared
    }
}

/// A function that a query knows, which the database does not forget while the query lasts.
private struct KnownFunction: Sendable {
    let prepared: RowFunction.Prepared
    let registered: RegisteredFunction?
}

/// The functions that an engine has told its database of, by their names here: each until another one takes its place.
final class RegisteredFunctions: Sendable {
    let functions = Mutex<[String: RegisteredFunction]>([:])

    private struct Entry: Sendable {
        weak var functions: RegisteredFunctions?
    }

    private static let all = Mutex<[ObjectIdentifier: Entry]>([:])

    init() {
        Self.all.withLock { $0[ObjectIdentifier(self)] = Entry(functions: self) }
    }

    deinit {
        let id = ObjectIdentifier(self)
        _ = Self.all.withLock { $0.removeValue(forKey: id) }
    }

    func forget(_ name: String) {
        let forgotten = functions.withLock { $0.removeValue(forKey: name) }
        // What it holds is large; it goes when nobody waits for the lock.
        _ = consume forgotten
    }

    /// The same in all engines.
    static func forgetEverywhere(_ name: String) {
        for entry in all.withLock({ Array($0.values) }) { entry.functions?.forget(name) }
    }
}

extension PrismaEngine {
    /// Lets go of a function that the database was told of; the next query that calls it tells it again.
    package func forgetFunction(_ name: String) { registeredFunctions.forget(name) }

    package static func forgetFunctionEverywhere(_ name: String) { RegisteredFunctions.forgetEverywhere(name) }
}

/// A function of this process that the database can call.
struct RegisteredFunction: Sendable {
    fileprivate static let count = Atomic(0)
    /// Another identity does something else, and has another name.
    let identity: String
    /// What SQL calls it.
    let name: String
    /// The database forgets the function when nobody has this any more.
    let registration: any SQLFunctionRegistration
}

extension PrismaEngine {
    /// Whether the database itself can call functions of this process.
    var callsFunctions: Bool { options.callsFunctionsInDatabase && database is any SQLFunctionHost }

    /// Whether it can call all functions of some expressions.
    func callsFunctions(of nodes: [ExpressionNode]) -> Bool { callsFunctions && !nodes.contains(where: \.hasLargeFunction) }
}

extension ExpressionNode {
    /// Whether a function has more arguments than SQLite passes to one.
    fileprivate var hasLargeFunction: Bool {
        if case .function(_, let arguments) = self { return arguments.count > SQLWriter.functionArguments }
        return children.contains(where: \.hasLargeFunction)
    }
}

extension FindRequest {
    /// All expressions of the request.
    package var nodes: [ExpressionNode] { [filter, cursor, having].compactMap(\.self) + order.map(\.node) + selections + groups }
}
