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
        /// The fields as they were set.
        var names: [String]
        var columns: [Field] = []
        /// Where each column's value is among those that were set; -1 if it is made, or empty.
        var places: [Int] = []
        /// The columns whose values have to be looked at, or made.
        var checked: [Int] = []
        var made: [Int] = []
        var kind = 0

        func isOf(_ row: CreateValues) -> Bool {
            guard names.count == row.entries.count else { return false }
            for place in names.indices where names[place] != row.entries[place].field { return false }
            return true
        }
    }

    /// Rows with the same columns, however many of them were set and how many are made.
    private struct Kind {
        var columns: [String]
        /// The batch that takes more of these rows.
        var batch: Int?
    }

    /// - Parameter fill: sets the values of the row with a number; asked once or more for each, and always the same.
    init(
        _ count: Int, _ plan: ModelPlan, defaults: DefaultValues, dialect: SQLDialect,
        _ fill: (Int, inout CreateValues) throws(PrismaError) -> Void
    ) throws(PrismaError) {
        self.plan = plan
        self.defaults = defaults
        // Below the limits of both databases (32,766 and 65,535). SQLite gains nothing from longer statements, and has to parse them.
        parametersInStatement = dialect == .sqlite ? 1000 : 16_000
        // One row at a time in the same place: what a row is made of is not kept.
        var row = CreateValues()
        var index = 0
        var last = 0
        while index < count {
            row.removeAll()
            try fill(index, &row)
            if last < shapes.count, shapes[last].isOf(row) {
                try add(row.entries, last)
            } else if let known = shapes.firstIndex(where: { $0.isOf(row) }) {
                last = known
                try add(row.entries, known)
            } else if index > 0, !row.entries.allSatisfy({ fieldsSet.contains($0.field) }) {
                // The rows before are given NULL there, so that all are of one kind.
                fieldsSet.formUnion(row.entries.map(\.field))
                batches = []
                shapes = []
                kinds = []
                index = 0
                continue
            } else {
                fieldsSet.formUnion(row.entries.map(\.field))
                last = shapes.count
                try addShape(row.entries.map(\.field))
                try add(row.entries, last)
            }
            index += 1
        }
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
        var shape = Shape(names: names)
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
