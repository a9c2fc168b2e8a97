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
        /// The function for many rows at once, where it has such a form.
        package var batches: Batches?
        /// A condition on the arguments that holds wherever the function compares so with a number; nil where nothing is known.
        package var narrowing: Narrowing?

        package typealias Narrowing =
            @Sendable (_ comparison: BinaryOperator, _ limit: Double, _ arguments: [ExpressionNode]) -> ExpressionNode?

        package init(identity: String, body: @escaping Body, batches: Batches? = nil, narrowing: Narrowing? = nil) {
            self.identity = identity
            self.body = body
            self.batches = batches
            self.narrowing = narrowing
        }
    }

    /// How a function answers for many rows at once.
    package struct Batches: Sendable {
        /// What it reads of each row, in place of its arguments.
        package var selections: [ExpressionNode]
        /// Room for some rows.
        ///
        /// - Parameter now: what `.now` stands for, in microseconds since 1970.
        package var make: @Sendable (_ now: Int64) -> any RowFunctionBatch

        package init(selections: [ExpressionNode], make: @escaping @Sendable (_ now: Int64) -> any RowFunctionBatch) {
            self.selections = selections
            self.make = make
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

/// Rows that a function is asked about at once.
package protocol RowFunctionBatch: Sendable {
    /// Reads a row's next columns.
    mutating func append(_ row: inout SQLRow) throws
    /// The function's value for each row.
    consuming func answers() throws -> [Double]
}

/// A driver that can open another file.
package protocol SQLFileOpening: SQLDatabase {
    /// The database in a file, which is made if it is not there.
    func opening(file path: String) throws -> any SQLDatabase
}

/// A database in whose SQL functions of this process can be called.
package protocol SQLFunctionHost: SQLDatabase {
    /// Makes the function callable on all connections, with any number of arguments, for as long as somebody has what is given back.
    func register(rowFunction name: String, _ body: @escaping RowFunction.Body) -> any SQLFunctionRegistration
    /// Makes the functions that were registered since callable on a connection that is leased already.
    func addFunctions(to connection: any SQLConnection) async throws
}

/// What keeps a function known to a database.
package protocol SQLFunctionRegistration: AnyObject, Sendable {}
