internal import PrismaSchema

/// New rows with the client's defaults, gathered into what one INSERT each can take.
///
/// Rows that set the same fields share what there is to find out about them, so that many rows cost little each.
struct InsertBatches {
    /// Rows that set the same columns: their values, row after row.
    struct Batch {
        var columns: [Field]
        /// The number of the columns' combination.
        var kind: Int
        var rowCount = 0
        var values: [SQLValue] = []
    }

    private(set) var batches: [Batch] = []
    private let plan: ModelPlan
    private let defaults: DefaultValues
    private let parametersInStatement: Int
    private var shapes: [Shape] = []
    private var kinds: [Kind] = []
    /// The fields that some row sets. Rows that leave one empty are given NULL, so that they are of the same kind.
    private var fieldsSet: Set<String> = []

    private struct Shape {
        var columns: [Field] = []
        /// Where each column's value is among those that were set; -1 if it is made, or empty.
        var places: [Int] = []
        /// The columns whose values have to be looked at, or made.
        var checked: [Int] = []
        var made: [Int] = []
        var kind = 0
    }

    /// Rows with the same columns, however many of them were set and how many are made.
    private struct Kind {
        var columns: [String]
        /// The batch that takes more of these rows.
        var batch: Int?
    }

    init(_ rows: [CreateValues], _ plan: ModelPlan, defaults: DefaultValues, dialect: SQLDialect) throws(PrismaError) {
        self.plan = plan
        self.defaults = defaults
        // Below the limits of both databases (32,766 and 65,535). SQLite gains nothing from longer statements, and has to parse them.
        parametersInStatement = dialect == .sqlite ? 1000 : 16_000
        // Which rows are alike is found out first: what one of them sets decides about the others.
        var alike: [Int] = []
        var samples: [Int] = []
        alike.reserveCapacity(rows.count)
        for row in rows.indices {
            if let last = alike.last, Self.set(rows[row], theSameAs: rows[samples[last]]) {
                alike.append(last)
            } else if let known = samples.firstIndex(where: { Self.set(rows[row], theSameAs: rows[$0]) }) {
                alike.append(known)
            } else {
                alike.append(samples.count)
                samples.append(row)
                fieldsSet.formUnion(rows[row].entries.map(\.field))
            }
        }
        for sample in samples { try addShape(rows[sample].entries.map(\.field)) }
        for row in rows.indices { try add(rows[row].entries, alike[row]) }
    }

    private static func set(_ row: CreateValues, theSameAs other: CreateValues) -> Bool {
        guard row.entries.count == other.entries.count else { return false }
        for place in row.entries.indices where row.entries[place].field != other.entries[place].field { return false }
        return true
    }

    private mutating func add(_ entries: [(field: String, value: SQLValue)], _ index: Int) throws(PrismaError) {
        let width = shapes[index].places.count
        let kind = shapes[index].kind
        let batch: Int
        if let open = kinds[kind].batch, width > 0, batches[open].values.count + width <= parametersInStatement {
            batch = open
        } else {
            batch = batches.count
            batches.append(Batch(columns: shapes[index].columns, kind: kind))
            // A second batch of the same kind will hardly be the last.
            if kinds[kind].batch != nil { batches[batch].values.reserveCapacity(parametersInStatement) }
            kinds[kind].batch = batch
        }
        let start = batches[batch].values.count
        batches[batch].rowCount += 1
        for place in shapes[index].places { batches[batch].values.append(place < 0 ? .null : entries[place].value) }
        for column in shapes[index].checked {
            try shapes[index].columns[column].checkRange(of: batches[batch].values[start + column], in: plan.model)
        }
        for column in shapes[index].made {
            batches[batch].values[start + column] = defaults.value(for: shapes[index].columns[column]) ?? .null
        }
    }

    /// Finds out where the columns' values come from in rows that set these fields.
    private mutating func addShape(_ names: [String]) throws(PrismaError) {
        var shape = Shape()
        for field in plan.model.fields {
            if let place = names.lastIndex(of: field.name) {
                if field.hasRange { shape.checked.append(shape.columns.count) }
                shape.columns.append(field)
                shape.places.append(place)
            } else if field.relation == nil, defaults.value(for: field) != nil {
                shape.made.append(shape.columns.count)
                shape.columns.append(field)
                shape.places.append(-1)
            } else if field.arity == .optional, field.default == nil, fieldsSet.contains(field.name) {
                shape.columns.append(field)
                shape.places.append(-1)
            } else if field.relation == nil, field.arity == .required, field.default == nil, !field.isUnsupported {
                throw PrismaError(
                    .missingValue, "A required field has no value.", model: plan.model.name, fields: [field.name],
                    help: "Give `\(field.name)` a value, or a default in the schema.")
            }
        }
        let columns = shape.columns.map(\.name)
        if let kind = kinds.firstIndex(where: { $0.columns == columns }) {
            shape.kind = kind
        } else {
            shape.kind = kinds.count
            kinds.append(Kind(columns: columns))
        }
        shapes.append(shape)
    }
}
