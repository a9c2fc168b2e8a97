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
        /// The population stability index.
        package let stabilityIndex: Double
        /// The Kolmogorov–Smirnov distance; nil for categories.
        package let distance: Double?
        package let missing: Double
    }

    package let version: String
    package let rows: Int
    package let lines: [Line]
    /// Features that a database cannot compute.
    package let skipped: [String]

    /// Counts the rows in the database, by the features' own expressions; the scores are computed here, row after row.
    ///
    /// - Parameter condition: which rows are looked at, beside the predictor's own condition.
    package init(
        _ definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine, where condition: ExpressionNode? = nil
    ) async throws {
        let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
        let filter = ExpressionNode.conjunction(definition.filter, condition)
        var lines: [Line] = []
        var skipped: [String] = []
        var rows = 0
        for feature in definition.features {
            guard feature.computation == nil, let known = KnownDistribution(loaded.metadata["distributions"]?[feature.name]) else {
                skipped.append(feature.name)
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
            let dependencies = ExpressionDependencies([feature.node])
            lines.append(
                Line(
                    feature.name, dependencies.columns.union(dependencies.relations).sorted().map { "\($0.model).\($0.field)" }, known,
                    counts))
        }
        if let known = KnownDistribution(loaded.metadata["score"]) {
            lines.append(Line("score", [], known, try await Self.scores(definition, loaded, known, where: filter, in: engine)))
        }
        self.rows = rows
        self.lines = lines
        self.skipped = skipped
        version = loaded.version
    }

    private static func scores(
        _ definition: PredictorDefinition, _ loaded: LoadedPredictor, _ known: KnownDistribution, where filter: ExpressionNode?,
        in engine: PrismaEngine
    ) async throws -> [Int] {
        var request = FindRequest(model: definition.model)
        request.selectsRecord = false
        request.selections = definition.features.flatMap(\.selections)
        request.filter = filter
        let statement = try request.statement(in: engine)
        let counts = Mutex([Int](repeating: 0, count: known.counts.count))
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
                        counts.withLock { counts in
                            for row in 0..<features.count {
                                counts[known.bin(of: Float(loaded.score(scores[row * width..<(row + 1) * width])))] += 1
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
        return counts.withLock { $0 }
    }
}

extension DriftReport.Line {
    init(_ name: String, _ columns: [String], _ known: KnownDistribution, _ counts: [Int]) {
        self.name = name
        self.columns = columns
        stabilityIndex = known.stabilityIndex(counts)
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
