public import FoundationEssentials
public import PrismaSchema
internal import Synchronization

/// What a generated client stands on: an open database and the schema that describes it.
public final class PrismaEngine: Sendable {
    public let database: any SQLDatabase
    public let schema: Schema
    /// The one connection that is used, inside a transaction.
    package let transaction: TransactionState?
    package let options: Options
    private let plans: [String: ModelPlan]
    /// The functions that the database can call; they stay there while a newer one of the same name does not take their place.
    let registeredFunctions: RegisteredFunctions
    /// What the one query that this engine is for has looked up.
    package let memory: QueryMemory?
    /// What `close` does first.
    package let closingWork: ClosingWork

    public struct Options: Sendable {
        /// Called after each statement.
        public var onQuery: (@Sendable (QueryEvent) -> Void)?
        /// Called with what someone should know although nothing failed: a new version of a predictor that could not be loaded. Without a
        /// change it is written to standard error; nil keeps silent.
        public var onNotice: (@Sendable (String) -> Void)? = { StandardError.print($0) }
        /// The clock that `.now` reads and that `@default(now())` and `@updatedAt` are filled from.
        public var clock: @Sendable () -> Date = { Date() }

        /// How the rows of relations are read; the answers are the same.
        public var relationLoadStrategy = RelationLoadStrategy.automatic

        /// Whether predictions in conditions are computed inside the database where it can; the answers are the same.
        package var callsFunctionsInDatabase = true
        /// Whether rows that have to be scored anyway are scored in batches, here, even where the database could call the predictor; the
        /// answers are the same.
        package var scoresInBatches = true
        /// Whether what a comparison with a prediction says about plain columns is said to the database; the answers are the same.
        package var narrowsByScores = true

        public init() {}
    }

    /// How the rows that an include asks for are read.
    public enum RelationLoadStrategy: Sendable, CaseIterable {
        /// In whichever way was measured to be faster.
        case automatic
        /// Relations to one row in the statement for the rows above; others by one query for each level.
        case join
        /// By one query for each level.
        case query
    }

    public convenience init(database: any SQLDatabase, schema: Schema, options: Options = Options()) {
        let plans = schema.models.map { ($0.name, ModelPlan($0, dialect: database.dialect)) }
        self.init(
            database: database, schema: schema, plans: Dictionary(plans, uniquingKeysWith: { first, _ in first }), options: options,
            transaction: nil, registeredFunctions: RegisteredFunctions(), memory: nil, closingWork: ClosingWork())
    }

    private init(
        database: any SQLDatabase, schema: Schema, plans: [String: ModelPlan], options: Options, transaction: TransactionState?,
        registeredFunctions: RegisteredFunctions, memory: QueryMemory?, closingWork: ClosingWork
    ) {
        self.database = database
        self.schema = schema
        self.plans = plans
        self.options = options
        self.transaction = transaction
        self.registeredFunctions = registeredFunctions
        self.memory = memory
        self.closingWork = closingWork
    }

    /// The same engine on one connection, for the body of a transaction.
    package func bound(to transaction: TransactionState) -> PrismaEngine {
        copy(options, transaction, memory)
    }

    private func copy(_ options: Options, _ transaction: TransactionState?, _ memory: QueryMemory?) -> PrismaEngine {
        PrismaEngine(
            database: database, schema: schema, plans: plans, options: options, transaction: transaction,
            registeredFunctions: registeredFunctions, memory: memory, closingWork: closingWork)
    }

    /// The same engine on connections of its own.
    package var withoutTransaction: PrismaEngine {
        transaction == nil ? self : copy(options, nil, memory)
    }

    package var dialect: SQLDialect { database.dialect }

    package func plan(_ model: String) throws(PrismaError) -> ModelPlan {
        guard let plan = plans[model] else {
            throw PrismaError(
                .validationFailed, "The schema has no model \(model).", model: model,
                help: "Run `prisml generate`: the generated client and the schema disagree.")
        }
        return plan
    }

    package func writer(now: SQLWriter.Now? = nil) -> SQLWriter {
        var writer = SQLWriter(dialect: dialect, schema: schema, now: now ?? .instant(microseconds: instant))
        if let memory { writer.functionNames = memory.functionNames }
        return writer
    }

    /// The same engine for one query: its clock is stopped, and what may change meanwhile is looked up once, so that all that the query
    /// does, in several statements and in this process, it does at one instant and by the same versions.
    package var forOneQuery: PrismaEngine {
        guard memory == nil else { return self }
        let now = Date(microsecondsSince1970: instant)
        var options = options
        options.clock = { now }
        return copy(options, transaction, QueryMemory())
    }

    /// What the clock says, in the milliseconds that databases keep; in microseconds since 1970.
    package var instant: Int64 { options.clock().microsecondsSince1970 / 1000 * 1000 }

    /// Leases a connection, or takes the transaction's.
    package func withConnection<Result: Sendable>(
        for access: SQLAccess, _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        guard let transaction else { return try await database.withConnection(for: access, body) }
        return try await body(try transaction.connection())
    }

    /// Writes what waits to be written, as prediction logs do, waits for the leases that are out, and closes all connections.
    public func close() async {
        await closingWork.run()
        await database.close()
    }
}

/// A statement that ran, for logs and metrics.
public struct QueryEvent: Sendable {
    public var sql: String
    /// The bound values; a log that is kept should leave them out.
    public var bindings: [SQLValue]
    public var duration: Duration
    public var error: PrismaError?
}

extension QueryEvent: CustomStringConvertible {
    /// How long it took, the SQL, and what went wrong; never the bound values, which are there for those who ask for `bindings`.
    public var description: String {
        "\(duration) \(sql)" + (error.map { " failed with \($0.code)" } ?? "")
    }
}

/// What is the same for each query of a model.
package final class ModelPlan: Sendable {
    package let model: Model
    /// The fields that a record holds, in the order of the schema.
    package let fields: [Field]
    /// The columns of those fields, of the row `t0`.
    package let columns: String
    /// The same columns without the row's alias, as RETURNING takes them.
    package let returnedColumns: String
    package let primaryKey: [String]
    /// The fields that each tell rows apart by themselves.
    let uniqueFields: Set<String>
    /// The SQL of the most frequent reads: all rows, or those in which a field equals a value.
    private let lookups = Mutex<[String: String]>([:])

    init(_ model: Model, dialect: SQLDialect) {
        self.model = model
        let keys = [model.primaryKey?.fields.map(\.name)].compactMap(\.self) + model.uniques.map { $0.fields.map(\.name) }
        uniqueFields = Set(keys.filter { $0.count == 1 }.joined())
        fields = model.recordFields
        columns = fields.map { $0.selection(alias: "t0", dialect: dialect) }.joined(separator: ", ")
        returnedColumns = fields.map { $0.selection(alias: nil, dialect: dialect) }.joined(separator: ", ")
        primaryKey = model.identifyingFields
    }

    /// The SQL that was written before under this name, or what `write` writes.
    func lookup(_ name: String, _ write: () throws(PrismaError) -> String) throws(PrismaError) -> String {
        if let text = lookups.withLock({ $0[name] }) { return text }
        let text = try write()
        lookups.withLock { $0[name] = text }
        return text
    }
}

extension Model {
    /// The fields that a generated record holds: scalars and enums that are not ignored.
    package var recordFields: [Field] {
        fields.filter { field in
            switch field.kind {
            case .scalar, .enumeration: !field.isIgnored
            case .relation, .unsupported: false
            }
        }
    }

    /// The fields that tell rows apart: the primary key, or the first unique that has no optional field.
    package var identifyingFields: [String] {
        if let key = primaryKey { return key.fields.map(\.name) }
        let unique = uniques.first { $0.fields.allSatisfy { field(named: $0.name)?.arity == .required } }
        return unique?.fields.map(\.name) ?? []
    }
}

extension Field {
    /// The column as a record reads it: types that the driver does not decode are turned into ones that it does.
    package func selection(alias: String?, dialect: SQLDialect) -> String {
        let column = (alias.map { $0 + "." } ?? "") + SQLWriter.quoted(databaseName)
        guard dialect == .postgresql else { return column }
        if case .enumeration = kind { return column + (arity == .list ? "::text[]" : "::text") }
        let text = arity == .list ? "::text[]" : "::text"
        return switch nativeType?.name {
        // As it is printed: a cast to text would say the length of each network mask, also of an address that has none.
        case "Inet": arity == .list ? column + "::text::text[]" : "abbrev(\(column))"
        case "Xml", "Bit", "VarBit", "Citext": column + text
        case "Money": column + (arity == .list ? "::numeric[]" : "::numeric")
        default: column
        }
    }
}
