internal import FoundationEssentials
package import PrismaSchema

/// Writes SQL in one dialect: text, quoted identifiers and numbered parameters.
package struct SQLWriter {
    package let dialect: SQLDialect
    package let schema: Schema
    package internal(set) var text = ""
    package private(set) var bindings: [SQLValue] = []
    /// The rows that expressions may speak of, outermost first.
    package private(set) var scopes: [Scope] = []
    /// What `.now` stands for.
    package let now: Now
    private var aliases = 0
    /// How many expressions, one in another, are being written.
    var depth = 0
    /// Where the scores of functions are that the database cannot call.
    package var scoreTables: [FunctionCall: String] = [:]
    /// What the database calls the functions of this process that it can call, by their names here.
    package var functionNames: [String: String] = [:]

    package struct Scope {
        package var alias: String
        package var model: Model
    }

    /// One instant for a whole query, or a date of the outermost row: evaluation as of a point in time.
    package enum Now: Sendable {
        case instant(microseconds: Int64)
        case expression(ExpressionNode)
    }

    package init(dialect: SQLDialect, schema: Schema, now: Now) {
        self.dialect = dialect
        self.schema = schema
        self.now = now
        text.reserveCapacity(256)
    }

    package var statement: SQLStatement { SQLStatement(text, bindings: bindings) }

    package mutating func write(_ sql: String) {
        text += sql
    }

    package mutating func identifier(_ name: String) {
        text += Self.quoted(name)
    }

    package static func quoted(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "\"")) else { return "\"\(name)\"" }
        // By scalar: a quote that a combining mark follows is one character with it, and a quote all the same.
        var quoted = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// Writes a parameter; on PostgreSQL with a cast where the context does not tell its type.
    package mutating func bind(_ value: SQLValue, as cast: String? = nil) {
        bindings.append(value)
        parameter(bindings.count)
        if dialect == .postgresql, let cast { text += "::\(cast)" }
    }

    /// Names a parameter by its number.
    mutating func parameter(_ number: Int) {
        text += dialect == .sqlite ? "?" : "$"
        text += String(number)
    }

    package mutating func table(_ model: Model) {
        if let schema = model.databaseSchema {
            identifier(schema)
            write(".")
        }
        identifier(model.databaseName)
    }

    mutating func table(_ join: JoinTable) {
        if let schema = join.databaseSchema {
            identifier(schema)
            write(".")
        }
        identifier(join.databaseName)
    }

    // MARK: Scopes

    package mutating func newAlias() -> String {
        defer { aliases += 1 }
        return "t\(aliases)"
    }

    /// Enters a row of a model, in the scope after those that are open.
    package mutating func enter(_ model: Model, alias: String) {
        scopes.append(Scope(alias: alias, model: model))
    }

    package mutating func leave() {
        scopes.removeLast()
    }

    /// Lets expressions speak of another row of the same model; gives the row they spoke of.
    package mutating func replaceOutermostScope(with scope: Scope) -> Scope {
        defer { scopes[0] = scope }
        return scopes[0]
    }

    /// Writes with only the scopes up to a depth, as an aggregate over a relation of an outer row needs.
    package mutating func within<Failure: Error>(
        depth: Int, _ body: (inout SQLWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let hidden = scopes[(depth + 1)...]
        scopes.removeSubrange((depth + 1)...)
        try body(&self)
        scopes.append(contentsOf: hidden)
    }

    package func model(named name: String) throws(PrismaError) -> Model {
        guard let model = schema.model(named: name) else {
            throw PrismaError(
                .validationFailed, "The schema has no model \(name).", model: name,
                help: "Run `prisml generate`: the generated client and the schema disagree.")
        }
        return model
    }

    package func field(_ name: String, of model: Model) throws(PrismaError) -> Field {
        guard let field = model.field(named: name) else {
            throw PrismaError(
                .validationFailed, "The model \(model.name) has no field \(name).", model: model.name, fields: [name],
                help: "Run `prisml generate`: the generated client and the schema disagree.")
        }
        return field
    }

    package func relation(_ name: String, of model: Model) throws(PrismaError) -> Relation {
        guard case .relation(let relation) = try field(name, of: model).kind else {
            throw PrismaError(.validationFailed, "\(model.name).\(name) is not a relation.", model: model.name, fields: [name])
        }
        return relation
    }

    /// A column by its table's alias.
    package mutating func column(_ field: Field, alias: String) {
        write(alias)
        write(".")
        identifier(field.databaseName)
    }
}
