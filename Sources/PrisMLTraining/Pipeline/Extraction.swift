import PrisML
import Prisma
import PrismaSchema
import Synchronization

/// The rows of a predictor as they come from the database: a key, a label and a raw value of each feature.
struct ExtractedRows: Sendable {
    var keys: [UInt64] = []
    /// For classes the index in `classes`; for numbers the value.
    var labels: [Float] = []
    /// The times or groups that the split goes by.
    var places: [Double] = []
    var groups: [UInt64] = []
    var columns: [RawColumn]
    /// The classes of a label that is text, in the order in which they were seen.
    var seenClasses = Vocabulary()

    var count: Int { keys.count }
}

extension ExtractedRows {
    /// Reads all rows with a label in one streamed query, in the order of the primary key.
    ///
    /// - Parameter progress: called with the number of rows read so far, now and then.
    static func read(
        _ definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?, progress: @escaping @Sendable (Int) throws -> Void
    ) async throws -> ExtractedRows {
        let keyTypes = try keyTypes(definition, try engine.plan(definition.model))
        let statement = try statement(definition, from: engine, limit: limit)
        let reader = RowReader(definition, keyTypes: keyTypes.map(\.type))
        let rows = Mutex(ExtractedRows(columns: definition.features.map(RawColumn.init(for:))))
        try await engine.withConnection(for: .read) { connection in
            let cursor = try await connection.open(statement)
            do {
                while true {
                    let before = rows.withLock { $0.count }
                    let after = try await cursor.read(upTo: batch) { source in
                        try rows.withLock { rows in
                            while var row = try source.next() { try reader.read(&row, into: &rows) }
                            return rows.count
                        }
                    }
                    try progress(after)
                    if after == before { break }
                }
                await cursor.close()
            } catch {
                await cursor.close()
                throw error
            }
        }
        return rows.withLock { $0 }
    }

    /// The query.
    static func statement(_ definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?) throws -> SQLStatement {
        let plan = try engine.plan(definition.model)
        let keys = try keyTypes(definition, plan).map(\.node)
        return try request(definition, plan, keys, limit: limit, schema: engine.schema).statement(in: engine)
    }

    private static let batch = 8192

    private static func keyTypes(
        _ definition: PredictorDefinition, _ plan: ModelPlan
    ) throws(PredictorError) -> [(node: ExpressionNode, type: ValueType)] {
        let keys = plan.primaryKey.compactMap { name in
            plan.model.field(named: name)?.valueType.map { type in
                (node: ExpressionNode.column(ColumnReference(depth: 0, model: definition.model, field: name, type: type)), type: type)
            }
        }
        guard !keys.isEmpty else {
            throw PredictorError(
                .invalidDefinition, predictor: definition.name, "The model \(definition.model) has no key to tell its rows apart.",
                help: "Give it an @id, so that the split does not depend on the order of the rows.")
        }
        return keys
    }

    private static func request(
        _ definition: PredictorDefinition, _ plan: ModelPlan, _ keys: [ExpressionNode], limit: Int?, schema: Schema
    ) throws(PredictorError) -> FindRequest {
        var request = FindRequest(model: definition.model)
        request.selectsRecord = false
        request.filter = [definition.label, definition.asOf].compactMap(\.self).reduce(definition.filter) { filter, node in
            .conjunction(filter, .unary(.not, .unary(.isNull, node)))
        }
        request.order = keys.map { RowOrder($0, descending: false) }
        request.take = limit
        request.now = definition.asOf.map(SQLWriter.Now.expression)
        request.selections = keys + [definition.label]
        switch definition.split.method {
        case .chronological(let node), .grouped(let node): request.selections.append(node)
        case .stratified, .random: break
        }
        for node in definition.features.flatMap(\.selections) {
            request.selections.append(try definition.pointInTime(node, in: schema))
        }
        return request
    }
}

/// Reads one row of the extraction's query.
private struct RowReader: Sendable {
    let definition: PredictorDefinition
    let keyTypes: [ValueType]
    let classes: [String: Float]

    init(_ definition: PredictorDefinition, keyTypes: [ValueType]) {
        self.definition = definition
        self.keyTypes = keyTypes
        if case .classes(let names?) = definition.task {
            classes = Dictionary(zip(names, (0..<names.count).map(Float.init)), uniquingKeysWith: { first, _ in first })
        } else {
            classes = [:]
        }
    }

    func read(_ row: inout SQLRow, into rows: inout ExtractedRows) throws {
        var key: [UInt8] = []
        for type in keyTypes {
            // Spelled as Swift prints the value, without the cost of finding out how: the splits of trained versions follow from it.
            switch try row.value(of: type) {
            case .int(let number): key.append(contentsOf: "int(\(number))\u{1F}".utf8)
            case .text(let text): key.append(contentsOf: "text(\(text.debugDescription))\u{1F}".utf8)
            case let value: key.append(contentsOf: "\(value)\u{1F}".utf8)
            }
        }
        let label = try label(&row, &rows)
        switch definition.split.method {
        case .chronological(let node):
            let value = try row.value(of: node.type)
            if case .timestamp(let microseconds) = value {
                rows.places.append(Double(microseconds))
            } else {
                rows.places.append(value.asDouble ?? .nan)
            }
        case .grouped(let node): rows.groups.append(SplitPlan.key("\(try row.value(of: node.type))".utf8))
        case .stratified, .random: break
        }
        for (index, feature) in definition.features.enumerated() {
            do {
                try rows.columns[index].append(feature, from: &row)
            } catch {
                throw PredictorError(
                    .invalidData, predictor: definition.name,
                    "The feature \"\(feature.name)\" has a value that does not fit: \(error.message)",
                    help: error.help)
            }
        }
        rows.keys.append(SplitPlan.key(key))
        rows.labels.append(label)
    }

    private func label(_ row: inout SQLRow, _ rows: inout ExtractedRows) throws -> Float {
        switch definition.task {
        case .binary: return try row.bool() ? 1 : 0
        case .regression: return Float(try row.double())
        case .classes(nil): return Float(rows.seenClasses.code(try row.string()))
        case .classes:
            let name = try row.string()
            guard let index = classes[name] else {
                throw PredictorError(
                    .invalidData, predictor: definition.name, "A label holds a value that the enum does not have.",
                    help: "Add the value to the enum in the schema, or correct the rows.")
            }
            return index
        }
    }
}
