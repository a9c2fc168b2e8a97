import Prisma
import PrismaSchema

/// Keys of rows as somebody gave them, of one field or of several, and as the rows have them.
struct RowKeys<ID: Sendable>: Sendable {
    let ids: [ID]
    /// Each key as text, spelled as the rows' own.
    let texts: [String]
    /// The different ones.
    private let values: [SQLValue]
    private let columns: [ExpressionNode]

    init<Model: Record>(_ ids: [ID], of model: Model.Type, in engine: PrismaEngine, _ predictor: String) throws where ID: ColumnValue {
        try self.init(ids, ids.map(\.sqlValue), types: [ID.valueType], try engine.plan(Model.modelName), predictor)
    }

    init<Model: Record, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ ids: [ID], of model: Model.Type, in engine: PrismaEngine, _ predictor: String
    ) throws where ID == (First, Second, repeat each Rest) {
        var types = [First.valueType, Second.valueType]
        for rest in repeat (each Rest).self { types.append(rest.valueType) }
        let values = ids.map { (first: First, second: Second, rest: repeat each Rest) -> SQLValue in
            var parts = [first.sqlValue, second.sqlValue]
            for part in repeat each rest { parts.append(part.sqlValue) }
            return .list(parts)
        }
        try self.init(ids, values, types: types, try engine.plan(Model.modelName), predictor)
    }

    private init(_ ids: [ID], _ values: [SQLValue], types: [ValueType], _ plan: ModelPlan, _ predictor: String) throws {
        columns = try plan.keyColumns()
        guard columns.count == types.count, zip(columns, types).allSatisfy({ $0.type.accepts($1) }) else {
            let name = plan.model.name
            let fields = zip(plan.primaryKey, columns).map { "\($0): \($1.type)" }.joined(separator: ", ")
            let given = types.map { "\($0)" }.joined(separator: ", ")
            throw PredictorError(
                .invalidFeatures, predictor: predictor, "The key of \(name) is (\(fields)), not (\(given)).",
                help: "Give each key as the schema has it, the values of a key of several fields as a tuple in their order.")
        }
        self.ids = ids
        self.values = Array(Set(values))
        let spelling = KeySpelling(of: plan)
        texts = values.map(spelling.text)
    }

    /// The first key as text, where there is but one.
    var firstText: String { texts.first ?? "" }

    /// Conditions that each hold for some of the rows, all of them together for all.
    var conditions: [ExpressionNode] {
        values.chunked(by: 5000 / columns.count).map { ExpressionNode.isOne(of: Array($0), columns) }
    }

    /// Answers in the order of the keys, and the keys that have none.
    func matched<Answer>(with answers: [String: Answer]) -> (found: [(id: ID, answer: Answer)], missing: [ID]) {
        var found: [(id: ID, answer: Answer)] = []
        var missing: [ID] = []
        for (id, text) in zip(ids, texts) {
            if let answer = answers[text] { found.append((id, answer)) } else { missing.append(id) }
        }
        return (found, missing)
    }
}

extension ValueType {
    /// Whether a key of this type can be given as another: whole numbers of either width.
    fileprivate func accepts(_ other: ValueType) -> Bool { self == other || isInteger && other.isInteger }
}
