/// A pure function of a row's values that runs in this process: on SQLite registered with the connection, elsewhere applied to
/// the rows that the database returns.
package final class RowFunction: Sendable {
    /// Computes the function from its arguments, which are the next columns of a row; nil is null.
    package typealias Body = @Sendable (inout SQLRow) throws -> Double?

    /// Unique among the functions of a process; a change of the function's behaviour changes its name.
    package let name: String
    package let type: ValueType
    /// Loads what the function needs; called before a query that uses it runs, so that it can fail with its own error.
    package let prepare: @Sendable (PrismaEngine) async throws -> Prepared

    /// A function that is ready to run; another identity means another behaviour.
    package struct Prepared: Sendable {
        package var identity: String
        package var body: Body
        /// A condition on the arguments that holds wherever the function compares so with a number; nil where nothing is known.
        package var narrowing: Narrowing?

        package typealias Narrowing =
            @Sendable (_ comparison: BinaryOperator, _ limit: Double, _ arguments: [ExpressionNode]) -> ExpressionNode?

        package init(identity: String, body: @escaping Body, narrowing: Narrowing? = nil) {
            self.identity = identity
            self.body = body
            self.narrowing = narrowing
        }
    }

    package init(name: String, type: ValueType, prepare: @escaping @Sendable (PrismaEngine) async throws -> Prepared) {
        self.name = name
        self.type = type
        self.prepare = prepare
    }
}

extension RowFunction: Hashable {
    package static func == (left: RowFunction, right: RowFunction) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

/// A driver that can open another file.
package protocol SQLFileOpening: SQLDatabase {
    /// The database in a file, which is made if it is not there.
    func opening(file path: String) throws -> any SQLDatabase
}

/// A database in whose SQL functions of this process can be called.
package protocol SQLFunctionHost: SQLDatabase {
    /// Makes the function callable on all connections; a function of that name that is there already is replaced.
    func register(rowFunction name: String, argumentCount: Int, _ body: @escaping RowFunction.Body)
    /// Makes the functions that were registered since callable on a connection that is leased already.
    func addFunctions(to connection: any SQLConnection) async throws
}
