package import PrismaSchema

/// An expression that is ready to be evaluated in memory, with the answers that the databases give.
///
/// Compiling finds each field's place in a record once; evaluating then looks nothing up.
package struct CompiledExpression: Sendable {
    typealias Body = @Sendable (inout EvaluationContext) throws(PrismaError) -> SQLValue

    package let type: ValueType
    private let body: Body
    /// How many rows are in hand at once: the one that is asked about, and one for each aggregate.
    package let rowCount: Int

    package init(_ node: ExpressionNode, on model: String, in places: FieldPlaces) throws(PrismaError) {
        var compiler = ExpressionCompiler(model: model, places: places)
        type = node.type
        body = try compiler.body(of: node)
        rowCount = compiler.rowCount
    }

    /// The value for the row that the context is about.
    package func value(in context: inout EvaluationContext) throws(PrismaError) -> SQLValue {
        try body(&context)
    }

    /// The value for one row.
    ///
    /// - Parameter now: what `.now` stands for, in microseconds since 1970.
    package func value(of row: any EvaluationRow, now: Int64) throws(PrismaError) -> SQLValue {
        var context = EvaluationContext(row, now: now, rowCount: rowCount)
        return try body(&context)
    }
}

/// The rows that expressions are evaluated on. Several expressions can share one, and one can be used for row after row.
package struct EvaluationContext {
    var rows: [any EvaluationRow]
    /// What `.now` stands for, in microseconds since 1970.
    package var now: Int64

    /// - Parameter rowCount: the greatest of the expressions.
    package init(_ row: any EvaluationRow, now: Int64, rowCount: Int) {
        rows = Array(repeating: row, count: max(1, rowCount))
        self.now = now
    }

    package mutating func move(to row: any EvaluationRow) {
        rows[0] = row
    }
}

/// Where a model's fields are in its rows.
package struct FieldPlaces {
    let place: (_ model: String, _ field: String) -> Int?
    /// The fields that tell a model's rows apart.
    let key: (_ model: String) -> [Int]

    init(place: @escaping (String, String) -> Int?, key: @escaping (String) -> [Int]) {
        self.place = place
        self.key = key
    }
}

extension FieldPlaces {
    /// The places of the records that are generated from a schema.
    package init(of schema: Schema) {
        let place = { (model: String, field: String) in
            schema.model(named: model)?.recordFields.firstIndex { $0.name == field }
        }
        self.init(place: place) { model in
            (schema.model(named: model)?.identifyingFields ?? []).compactMap { place(model, $0) }
        }
    }
}
