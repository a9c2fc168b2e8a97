import Prisma
import PrismaSchema

/// Reads the keys of a query's rows as text: from the cells of the record where it is read, from further columns where not.
struct KeyReader: Sendable {
    /// What the query selects for the key, beside the record.
    let selections: [ExpressionNode]
    private let parts: [(place: CellProgram.Place, type: ValueType)]
    private let spelling: KeySpelling
    private let model: String
    /// One of the record's columns that are read, if any is.
    private let ownColumn: String?

    /// - Parameter besideRecord: whether the query reads the record, too; then no column of it is asked for again.
    init(of plan: ModelPlan, besideRecord: Bool) throws(PrismaError) {
        let own = besideRecord ? plan.fields.map(\.name) : []
        var selections: [ExpressionNode] = []
        var ownColumn: String?
        parts = try plan.keyColumns().map { node in
            if case .column(let column) = node, let place = own.firstIndex(of: column.field) {
                ownColumn = column.field
                return (.record(place), node.type)
            }
            selections.append(node)
            return (.further(selections.count - 1), node.type)
        }
        self.selections = selections
        self.ownColumn = ownColumn
        spelling = KeySpelling(of: plan)
        model = plan.model.name
    }

    /// Throws where the record in a row is of another model: its cells mean something else.
    func requireRecord(in row: SQLRow) throws(PrismaError) {
        guard let ownColumn, row.recordType?.modelName != model else { return }
        throw .outOfScope(model, ownColumn, in: row.recordType?.modelName)
    }

    /// The key of a row, whose next columns are those that were selected for it.
    func text(of row: inout SQLRow) throws(PrismaError) -> String {
        let further = row.position
        var values: [SQLValue] = []
        for part in parts {
            switch part.place {
            case .record(let place): row.move(to: row.recordStart + place)
            case .further(let place): row.move(to: further + place)
            }
            values.append(try row.value(of: part.type))
        }
        row.move(to: further + selections.count)
        return spelling.text(values.count == 1 ? values[0] : .list(values))
    }
}
