package import Prisma
internal import PrismaSchema
internal import Synchronization

/// How far the rows of today have moved from those that a predictor was trained on.
package struct DriftReport: Sendable {
    /// A feature, or the score.
    package struct Line: Hashable, Sendable {
        package let name: String
        /// The columns and relations that it reads.
        package let columns: [String]
        /// The population stability index; nil where there are too few rows to tell a change from chance.
        package let stabilityIndex: Double?
        /// How many rows the stability index takes; nil where too few were trained on for any number to do.
        package let rowsNeeded: Int?
        /// The Kolmogorov–Smirnov distance; nil for categories.
        package let distance: Double?
        package let missing: Double
    }

    package let version: String
    package let rows: Int
    package let lines: [Line]
    /// What was not compared.
    package let skipped: [Skipped]

    /// A feature that was not compared, and why.
    package struct Skipped: Hashable, Sendable {
        package let name: String
        package let reason: String
    }

    /// Counts the rows in the database, by the features' own expressions. The scores, and the features that code computes, are computed
    /// here, row after row.
    ///
    /// - Parameter condition: which rows are looked at, beside the predictor's own condition.
    package init(
        _ definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine, where condition: ExpressionNode? = nil
    ) async throws {
        let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
        let filter = ExpressionNode.conjunction(definition.filter, condition)
        var lines: [Line] = []
        var skipped: [Skipped] = []
        var computed: [ComputedHere] = []
        var rows = 0
        var column = 0
        for (feature, encoder) in zip(definition.features, loaded.encoders) {
            defer { column += encoder.width }
            guard let known = KnownDistribution(loaded.metadata["distributions"]?[feature.name]) else {
                skipped.append(
                    Skipped(name: feature.name, reason: "the artifact does not say how it lay; 'prisml train \(definition.name)' writes it")
                )
                continue
            }
            guard feature.computation == nil else {
                computed.append(ComputedHere(feature.name, feature.node, known.encoded(by: encoder), column: column))
                continue
            }
            let statement = try known.counting(feature.node, of: definition.model, where: filter, in: engine)
            let bins = known.counts.count
            let counts = try await engine.withConnection(for: .read) { connection in
                try await engine.query(statement, on: connection, model: definition.model, columns: ["bin", "count"]) { rows in
                    var counts = [Int](repeating: 0, count: bins)
                    while var row = try rows.next() {
                        let (bin, count) = (try row.int(), try row.int())
                        if counts.indices.contains(bin) { counts[bin] += count }
                    }
                    return counts
                }
            }
            rows = counts.reduce(0, +)
            lines.append(Line(feature.name, feature.node, known, counts))
        }
        if let known = KnownDistribution(loaded.metadata["score"]) { computed.append(ComputedHere("score", nil, known, column: nil)) }
        let counted = try await Self.counted(computed, definition, loaded, where: filter, in: engine)
        for part in counted { lines.append(Line(part.name, part.node, part.known, part.counts)) }
        self.rows = max(rows, counted.first?.counts.reduce(0, +) ?? 0)
        self.lines = lines
        self.skipped = skipped
        version = loaded.version
    }

    /// A feature, or the score, whose values are counted here.
    private struct ComputedHere: Sendable {
        let name: String
        let node: ExpressionNode?
        let known: KnownDistribution
        /// The feature's column among the encoded ones; nil for the score.
        let column: Int?
        var counts: [Int]

        init(_ name: String, _ node: ExpressionNode?, _ known: KnownDistribution, column: Int?) {
            (self.name, self.node, self.known, self.column) = (name, node, known, column)
            counts = [Int](repeating: 0, count: known.counts.count)
        }
    }

    private static func counted(
        _ parts: [ComputedHere], _ definition: PredictorDefinition, _ loaded: LoadedPredictor, where filter: ExpressionNode?,
        in engine: PrismaEngine
    ) async throws -> [ComputedHere] {
        guard !parts.isEmpty else { return [] }
        var request = FindRequest(model: definition.model)
        request.selectsRecord = false
        request.selections = definition.features.flatMap(\.selections)
        request.filter = filter
        let statement = try request.statement(in: engine)
        let counted = Mutex(parts)
        try await engine.withConnection(for: .read) { connection in
            let cursor = try await connection.open(statement)
            do {
                var isDone = false
                while !isDone {
                    isDone = try await cursor.read(upTo: 4096) { rows in
                        var features = EncodedRows(loaded)
                        while var row = try rows.next() { try features.append(&row) }
                        let scores = try loaded.scores(features.values)
                        let width = loaded.scoreCount
                        counted.withLock { parts in
                            for index in parts.indices {
                                for row in 0..<features.count {
                                    let value =
                                        parts[index].column.map { features.values[row * loaded.width + $0] }
                                        ?? Float(loaded.score(scores[row * width..<(row + 1) * width]))
                                    parts[index].counts[parts[index].known.bin(of: value)] += 1
                                }
                            }
                        }
                        return features.count == 0
                    }
                }
                await cursor.close()
            } catch {
                await cursor.close()
                throw error
            }
        }
        return counted.withLock { $0 }
    }
}

extension DriftReport.Line {
    init(_ name: String, _ node: ExpressionNode?, _ known: KnownDistribution, _ counts: [Int]) {
        self.name = name
        let dependencies = ExpressionDependencies(node.map { [$0] } ?? [])
        columns = dependencies.columns.union(dependencies.relations).sorted().map { "\($0.model).\($0.field)" }
        stabilityIndex = known.stabilityIndex(counts)
        rowsNeeded = known.leastRows
        distance = known.distance(counts)
        missing = Double(counts.last ?? 0) / Double(max(1, counts.reduce(0, +)))
    }
}

extension KnownDistribution {
    /// `SELECT bin, COUNT(*) …`: the rows in each bin, by the database.
    func counting(
        _ node: ExpressionNode, of model: String, where filter: ExpressionNode?, in engine: PrismaEngine
    ) throws(PrismaError) -> SQLStatement {
        var writer = engine.writer()
        let plan = try engine.plan(model)
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("SELECT bin, COUNT(*) FROM (SELECT CASE WHEN v IS NULL")
        if writer.dialect == .postgresql, node.type == .double { writer.write(" OR v = 'NaN'") }
        writer.write(" THEN \(counts.count - 1)")
        switch bins {
        case .numbers(let edges):
            for (bin, edge) in edges.dropLast().enumerated() {
                // The model sees 32 bits: what is rounded to the edge belongs to its bin.
                let edge = Float(edge)
                writer.write(" WHEN v <= ")
                writer.bind(.double((Double(edge) + Double(edge.nextUp)) / 2), as: "float8")
                writer.write(" THEN \(bin)")
            }
            writer.write(" ELSE \(edges.count - 1) END")
        case .categories(let names):
            for (bin, name) in names.enumerated() {
                writer.write(" WHEN v = ")
                writer.bind(.text(name), as: "text")
                writer.write(" THEN \(bin)")
            }
            writer.write(" ELSE \(names.count) END")
        }
        writer.write(" AS bin FROM (SELECT ")
        try writer.expression(node.forBins)
        writer.write(" AS v FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias)")
        if let filter {
            writer.write(" WHERE ")
            try writer.expression(filter)
        }
        // Keeps the database from computing the value once for each bin.
        writer.write(writer.dialect == .sqlite ? " LIMIT -1) AS o) AS p GROUP BY bin" : " OFFSET 0) AS o) AS p GROUP BY bin")
        return writer.statement
    }
}

extension ExpressionNode {
    /// Numbers for true and false, text for enums.
    fileprivate var forBins: ExpressionNode {
        switch type {
        case .bool:
            .conditional(
                self, then: .literal(.int(1), .bigInt),
                else: .conditional(.unary(.not, self), then: .literal(.int(0), .bigInt), else: .literal(.null, .bigInt)))
        case .enumeration: .cast(self, .string)
        default: self
        }
    }
}
