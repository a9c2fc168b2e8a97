/// A row that an expression can be evaluated on without a database.
package protocol EvaluationRow: Sendable {
    /// The value of a scalar field, by its place among those that a record of the model holds; an error where it is not at hand.
    func value(at place: Int) throws(PrismaError) -> SQLValue
    /// The rows at the other end of a relation, in any order; an error where they are not at hand.
    func related(by field: String) throws(PrismaError) -> [any EvaluationRow]
}

/// A record in hand and the related rows that go with it: what an expression can be asked about without a database.
///
/// ```swift
/// let row = RecordRow(user)
///     .with(\.orders, orders)
///     .with(\.profile, nil)
/// ```
public struct RecordRow<Model: Record>: Sendable {
    public let record: Model
    private var relations: [String: [any EvaluationRow]] = [:]

    public init(_ record: Model) {
        self.record = record
    }

    private func adding(_ field: String, _ rows: [any EvaluationRow]) -> Self {
        var copy = self
        copy.relations[field] = rows
        return copy
    }
}

extension RecordRow {
    /// Adds all records at the other end of a relation to many.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToMany<Target>>, _ records: [Target]) -> Self {
        adding(Model.columns[keyPath: relation].field, records.map { RecordRow<Target>($0) })
    }

    /// Adds all rows at the other end of a relation to many, with what they carry themselves.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToMany<Target>>, rows: [RecordRow<Target>]) -> Self {
        adding(Model.columns[keyPath: relation].field, rows)
    }

    /// Adds the record at the other end of a relation to one.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToOne<Target>>, _ record: Target) -> Self {
        adding(Model.columns[keyPath: relation].field, [RecordRow<Target>(record)])
    }

    /// Adds the row at the other end of a relation to one, with what it carries itself.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToOne<Target>>, row: RecordRow<Target>) -> Self {
        adding(Model.columns[keyPath: relation].field, [row])
    }

    /// Adds the record at the other end of an optional relation, or that there is none.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToOptional<Target>>, _ record: Target?) -> Self {
        adding(Model.columns[keyPath: relation].field, record.map { [RecordRow<Target>($0)] } ?? [])
    }

    /// Adds the row at the other end of an optional relation, with what it carries itself, or that there is none.
    public func with<Target>(_ relation: KeyPath<Model.Columns, ToOptional<Target>>, row: RecordRow<Target>?) -> Self {
        adding(Model.columns[keyPath: relation].field, row.map { [$0] } ?? [])
    }
}

extension RecordRow: EvaluationRow {
    package func value(at place: Int) -> SQLValue { record.value(at: place) }

    package func related(by field: String) throws(PrismaError) -> [any EvaluationRow] {
        guard let rows = relations[field] else {
            throw PrismaError(
                .invalidExpression, "The expression reads \(Model.modelName).\(field), which is not part of the row that was given.",
                model: Model.modelName, fields: [field],
                help: "Add it: `RecordRow(record).with(\\.\(field), …)`, or ask the database.")
        }
        return rows
    }
}
