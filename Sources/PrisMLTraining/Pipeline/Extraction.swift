import PrisML
import Prisma
import PrismaSchema
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rows of a predictor as they come from the database, column by column: a key, a label and a raw value of each feature.
///
/// A number takes 32 bits, and so does a text: its place in the column's dictionary. Nothing else of a row is kept.
struct ExtractedRows: Sendable {
    var keys: [UInt64] = []
    /// For classes the index in `classes`; for numbers the value.
    var labels: [Float] = []
    /// The times or groups that the split goes by.
    var places: [Double] = []
    var groups: [UInt64] = []
    var columns: [RawColumn]
    /// From which row to which.
    var window = DataWindow()
    /// The classes of a label that is text, in the order in which they were seen.
    var seenClasses = Vocabulary()

    var count: Int { keys.count }
}

extension ExtractedRows {
    /// Reads all rows with a label in streamed queries, in the order of the primary key.
    ///
    /// Many rows are read by several connections at once, each a range of the key; all of them see the rows of one instant.
    ///
    /// - Parameters:
    ///   - parts: so many connections at most, where there are many rows; nil for as many as there are processors.
    ///   - progress: called with the number of rows read so far, now and then, and with about how many there are. What it throws ends the
    ///     reading.
    static func read(
        _ definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?, parts: Int? = nil,
        progress: @escaping @Sendable (Int, Int?) throws -> Void
    ) async throws -> ExtractedRows {
        let total = try await expectedCount(definition, from: engine, limit: limit)
        try progress(0, total)
        let sum = Atomic(0)
        let read = { @Sendable (range: KeyRange, connection: any SQLConnection, expected: Int?) async throws -> ExtractedRows in
            try await part(range, of: definition, from: engine, limit: limit, expected: expected, on: connection) { count in
                try progress(sum.wrappingAdd(count, ordering: .relaxed).newValue, total)
            }
        }
        let wanted = parts ?? (total ?? 0 >= manyRows ? min(4, ProcessInfo.processInfo.activeProcessorCount) : 1)
        guard wanted > 1, limit == nil, engine.transaction == nil, let total, let database = engine.database as? any SQLSnapshots,
            try KeyRange.isPossible(for: definition, in: engine)
        else {
            return try await engine.withConnection(for: .read) { try await read(KeyRange(), $0, total) }
        }
        return try await database.withSnapshot(upTo: wanted) { connections in
            let ranges = try await KeyRange.ranges(connections.count, of: total, for: definition, in: engine, on: connections[0])
            return try await withThrowingTaskGroup(of: (Int, ExtractedRows).self) { group in
                for (index, range) in ranges.enumerated() {
                    group.addTask { (index, try await read(range, connections[index], total / ranges.count)) }
                }
                var found = [ExtractedRows?](repeating: nil, count: ranges.count)
                for try await (index, rows) in group { found[index] = rows }
                var all = ExtractedRows(columns: definition.features.map(RawColumn.init(for:)))
                all.reserve(total)
                for index in found.indices {
                    if let rows = found[index] { all.append(rows) }
                    found[index] = nil
                }
                return all
            }
        }
    }

    /// Below this, a second connection costs more than it saves.
    private static let manyRows = 20_000

    /// Reads the rows of a range of keys; `progress` is called with the number of each batch.
    private static func part(
        _ range: KeyRange, of definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?, expected: Int?,
        on connection: any SQLConnection, progress: @escaping @Sendable (Int) throws -> Void
    ) async throws -> ExtractedRows {
        let keyTypes = try keyTypes(definition, try engine.plan(definition.model))
        let statement = try statement(definition, from: engine, limit: limit, range)
        let reader = RowReader(definition, keyTypes: keyTypes.map(\.type), schema: engine.schema)
        var empty = ExtractedRows(columns: definition.features.map(RawColumn.init(for:)))
        empty.reserve(expected)
        let rows = Mutex(empty)
        try await withLargeCache(connection) {
            let cursor = try await connection.open(statement)
            do {
                while true {
                    let count = try await cursor.read(upTo: batch) { source in
                        try rows.withLock { rows in
                            let before = rows.count
                            var key = RowKey()
                            while var row = try source.next() { try reader.read(&row, into: &rows, key: &key) }
                            return rows.count - before
                        }
                    }
                    try progress(count)
                    if count == 0 { break }
                }
                await cursor.close()
            } catch {
                await cursor.close()
                throw error
            }
        }
        return rows.withLock { $0 }
    }

    /// Takes in the rows that come after these.
    private mutating func append(_ rows: ExtractedRows) {
        keys += rows.keys
        // The classes of text are numbered in the order in which they are seen.
        let codes = rows.seenClasses.texts.map { seenClasses.code($0) }
        labels += codes.isEmpty ? rows.labels : rows.labels.map { Float(codes[Int($0)]) }
        places += rows.places
        groups += rows.groups
        window.append(rows.window)
        for index in columns.indices { columns[index].append(rows.columns[index]) }
    }

    /// Room for the rows that are expected, so that columns do not grow by copies.
    private mutating func reserve(_ count: Int?) {
        guard let count else { return }
        keys.reserveCapacity(count)
        labels.reserveCapacity(count)
        for index in columns.indices { columns[index].reserve(count) }
    }

    /// About how many rows there are: conditions that read other tables are left out, which would take as long as the reading itself.
    private static func expectedCount(_ definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?) async throws -> Int? {
        var request = FindRequest(model: definition.model)
        request.now = definition.asOf.map(SQLWriter.Now.expression)
        request.filter = definition.plainTrainingConditions
        let count = try await engine.count(request)
        return min(count, limit ?? count)
    }

    /// SQLite reads pages again and again for aggregates over a relation; while it does, it may keep 32 MB of them.
    private static func withLargeCache(_ connection: any SQLConnection, _ work: () async throws -> Void) async throws {
        guard connection.dialect == .sqlite else { return try await work() }
        let before = try await connection.query(SQLStatement("PRAGMA cache_size")) { rows -> Int64? in
            guard var row = try rows.next() else { return nil }
            return try row.int64()
        }
        try await connection.executeScript("PRAGMA cache_size = -32768")
        let result: Result<Void, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        // In a task of its own, where the caller's cancellation does not reach.
        if let before { try await Task { try await connection.executeScript("PRAGMA cache_size = \(before)") }.value }
        try result.get()
    }

    /// The query.
    static func statement(
        _ definition: PredictorDefinition, from engine: PrismaEngine, limit: Int?, _ range: KeyRange = KeyRange()
    ) throws -> SQLStatement {
        let plan = try engine.plan(definition.model)
        let keys = try keyTypes(definition, plan).map(\.node)
        var request = try request(definition, plan, keys, limit: limit, schema: engine.schema)
        request.filter = .conjunction(range.condition(on: keys[0]), request.filter)
        return try request.statement(in: engine)
    }

    /// So many rows between two reports of progress.
    private static let batch = 512

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
        request.filter = definition.trainingConditions.reduce(nil) { .conjunction($0, $1) }
        request.order = keys.map { RowOrder($0, descending: false) }
        request.take = limit
        request.now = definition.asOf.map(SQLWriter.Now.expression)
        request.selections = keys + [definition.label] + [definition.asOf].compactMap(\.self)
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

extension PredictorDefinition {
    /// What a row must hold to be trained on.
    var trainingConditions: [ExpressionNode] {
        [filter].compactMap(\.self) + [label, asOf].compactMap(\.self).map { .unary(.not, .unary(.isNull, $0)) }
    }

    /// Those of them that look at nothing but the row itself.
    var plainTrainingConditions: ExpressionNode? {
        trainingConditions.filter { !$0.readsOtherRows }.reduce(nil) { .conjunction($0, $1) }
    }
}

extension ExpressionNode {
    /// Whether it asks for more than the row's own columns.
    fileprivate var readsOtherRows: Bool {
        var reads = false
        visit { node in
            if case .aggregate = node { reads = true }
            if case .function = node { reads = true }
        }
        return reads
    }
}

/// Reads one row of the extraction's query.
private struct RowReader: Sendable {
    let definition: PredictorDefinition
    let keyTypes: [ValueType]
    let classes: [String: Float]
    /// What is needed of each feature for each row, without the rest of it.
    let computations: [FeatureComputation?]
    /// Whether the feature is a column that the schema says is never null.
    let isRequired: [Bool]
    let asOf: ValueType?
    let place: ValueType?
    let group: ValueType?

    init(_ definition: PredictorDefinition, keyTypes: [ValueType], schema: Schema) {
        self.definition = definition
        self.keyTypes = keyTypes
        computations = definition.features.map(\.computation)
        isRequired = definition.features.map { feature in
            guard case .column(let column) = feature.node else { return false }
            return schema.model(named: column.model)?.field(named: column.field)?.arity == .required
        }
        if case .classes(let names?) = definition.task {
            classes = Dictionary(zip(names, (0..<names.count).map(Float.init)), uniquingKeysWith: { first, _ in first })
        } else {
            classes = [:]
        }
        asOf = definition.asOf?.type
        switch definition.split.method {
        case .chronological(let node): (place, group) = (node.type, nil)
        case .grouped(let node): (place, group) = (nil, node.type)
        case .stratified, .random: (place, group) = (nil, nil)
        }
    }

    /// - Parameter key: room for a key, used again for each row.
    func read(_ row: inout SQLRow, into rows: inout ExtractedRows, key: inout RowKey) throws {
        try key.read(&row, keyTypes)
        let hash = SplitPlan.key(key.bytes)
        let label = try named("label", definition.label) { try self.label(&row, &rows) }
        let instant = try asOf.flatMap { try row.value(of: $0).microseconds }
        if let place {
            let value = try row.value(of: place)
            if case .timestamp(let microseconds) = value {
                rows.places.append(Double(microseconds))
            } else {
                rows.places.append(value.asDouble ?? .nan)
            }
        }
        if let group {
            let value = try row.value(of: group)
            // Rows without a group have nothing in common: each is one of its own.
            rows.groups.append(value == .null ? RandomSequence.mix(hash) : SplitPlan.key("\(value)".utf8))
        }
        for index in computations.indices {
            if isRequired[index], row.isAtNull {
                let feature = definition.features[index]
                throw PredictorError(
                    .invalidData, predictor: definition.name,
                    "The feature \"\(feature.name)\"\(Self.columns(of: feature.node)) holds null in some row, where the schema says it never does.",
                    help: "Make the field optional in the schema, or fill the column.")
            }
            try named("feature \"\(definition.features[index].name)\"", definition.features[index].node) {
                try rows.columns[index].append(computations[index], from: &row)
            }
        }
        rows.keys.append(hash)
        rows.labels.append(label)
        rows.window.include(key: &key.values, at: instant)
    }

    /// Says which of the definition's parts a value does not fit.
    @inline(__always)
    private func named<Result>(
        _ part: @autoclosure () -> String, _ node: @autoclosure () -> ExpressionNode, _ read: () throws -> Result
    ) throws -> Result {
        do {
            return try read()
        } catch let error as PrismaError {
            throw PredictorError(
                .invalidData, predictor: definition.name,
                "The \(part())\(Self.columns(of: node())) has a value that does not fit: \(error.message)", help: error.help)
        }
    }

    /// `, which reads User.visits,`
    private static func columns(of node: ExpressionNode) -> String {
        let columns = ExpressionDependencies([node]).columns.sorted().map { "\($0.model).\($0.field)" }
        return columns.isEmpty ? "" : ", which reads \(columns.joined(separator: ", ")),"
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

extension SQLValue {
    fileprivate var microseconds: Int64? {
        if case .timestamp(let microseconds) = self { microseconds } else { nil }
    }
}
