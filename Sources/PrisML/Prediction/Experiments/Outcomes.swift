public import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What became of the rows of experiments, in a table of the project's database.
package struct ExperimentOutcomes: Sendable {
    private let engine: PrismaEngine

    package init(_ engine: PrismaEngine) {
        self.engine = engine
    }

    /// The SQL of the tables.
    package static let table = """
        CREATE TABLE IF NOT EXISTS prisml_outcomes (
          experiment TEXT NOT NULL, key TEXT NOT NULL, arm TEXT NOT NULL, outcome DOUBLE PRECISION NOT NULL, recorded_at BIGINT NOT NULL,
          PRIMARY KEY (experiment, key));
        CREATE TABLE IF NOT EXISTS prisml_assignments (
          experiment TEXT NOT NULL, key TEXT NOT NULL, arm TEXT NOT NULL, version TEXT NOT NULL, assigned_at BIGINT NOT NULL,
          PRIMARY KEY (experiment, key));
        """

    package func createTable() async throws {
        try await engine.withConnection(for: .write) { try await SystemTable.create(Self.table, on: $0) }
    }

    /// The arm that was recorded to have answered for a key; nil where none was.
    func assignedArm(of key: String, in experiment: String) async throws -> String? {
        let mark = engine.dialect.placeholder
        let statement = SQLStatement(
            "SELECT arm FROM prisml_assignments WHERE experiment = \(mark(1)) AND key = \(mark(2))",
            bindings: [.text(experiment), .text(key)])
        return try await engine.withConnection(for: .read) { connection in
            guard try await SystemTable.exists("prisml_assignments", on: connection) else { return nil }
            return try await connection.query(statement) { rows in
                guard var row = try rows.next() else { return nil }
                return try row.string()
            }
        }
    }

    func record(_ outcome: Double, experiment: String, key: String, arm: String) async throws {
        guard outcome.isFinite else {
            throw PredictorError(
                .invalidExperiment, predictor: experiment, "An outcome is \(outcome).", help: "Record a number, or true or false.")
        }
        let statement = SystemTable.insert(
            into: "prisml_outcomes", "experiment, key, arm, outcome, recorded_at",
            [[.text(experiment), .text(key), .text(arm), .double(outcome), .int(now)]], engine.dialect,
            ending:
                " ON CONFLICT (experiment, key) DO UPDATE SET arm = excluded.arm, outcome = excluded.outcome, recorded_at = excluded.recorded_at"
        )
        _ = try await engine.withConnection(for: .write) { try await $0.execute(statement) }
    }

    /// Keeps who was answered by which arm and version. What is there stays, with its time, unless the arm has changed since.
    func assign(_ answers: [(key: String, arm: String, version: String)], experiment: String) async throws {
        let time = now
        // In one statement a key can be named once.
        let answers = Dictionary(answers.map { ($0.key, $0) }, uniquingKeysWith: { $1 }).values.sorted { $0.key < $1.key }
        for chunk in answers.chunked(by: 1000) {
            let rows: [[SQLValue]] = chunk.map { [.text(experiment), .text($0.key), .text($0.arm), .text($0.version), .int(time)] }
            let statement = SystemTable.insert(
                into: "prisml_assignments", "experiment, key, arm, version, assigned_at", rows, engine.dialect,
                ending:
                    " ON CONFLICT (experiment, key) DO UPDATE SET arm = excluded.arm, version = excluded.version, assigned_at = excluded.assigned_at WHERE prisml_assignments.arm <> excluded.arm"
            )
            _ = try await engine.withConnection(for: .write) { try await $0.execute(statement) }
        }
    }

    /// How many keys were assigned to each arm, of those that were kept.
    package func assigned(in experiment: String) async throws -> [String: Int] {
        let mark = engine.dialect.placeholder(1)
        let statement = SQLStatement(
            "SELECT arm, COUNT(*) FROM prisml_assignments WHERE experiment = \(mark) GROUP BY arm", bindings: [.text(experiment)])
        return try await engine.withConnection(for: .read) { connection in
            // Tables that an earlier version made have no assignments.
            guard try await SystemTable.exists("prisml_assignments", on: connection) else { return [:] }
            return try await connection.query(statement) { rows in
                var counts: [String: Int] = [:]
                while var row = try rows.next() {
                    let arm = try row.string()
                    counts[arm] = try row.int()
                }
                return counts
            }
        }
    }

    private var now: Int64 { Int64((engine.options.clock().timeIntervalSince1970 * 1000).rounded()) }

    /// The experiments that have outcomes.
    package func names() async throws -> [String] {
        try await engine.withConnection(for: .read) { connection in
            try await connection.query(SQLStatement("SELECT DISTINCT experiment FROM prisml_outcomes ORDER BY 1")) { rows in
                var names: [String] = []
                while var row = try rows.next() { names.append(try row.string()) }
                return names
            }
        }
    }

    /// The outcomes of each arm, in numbers; computed by the database.
    package func arms(of experiment: String) async throws -> [ArmOutcomes] {
        let mark = engine.dialect.placeholder(1)
        // Around the mean, so that large outcomes that differ little keep their variance.
        let statement = SQLStatement(
            """
            SELECT o.arm, COUNT(*), MIN(m.mean), SUM((o.outcome - m.mean) * (o.outcome - m.mean)) FROM prisml_outcomes AS o \
            JOIN (SELECT arm, AVG(outcome) AS mean FROM prisml_outcomes WHERE experiment = \(mark) GROUP BY arm) AS m ON m.arm = o.arm \
            WHERE o.experiment = \(mark) GROUP BY o.arm ORDER BY o.arm
            """, bindings: [.text(experiment)])
        return try await engine.withConnection(for: .read) { connection in
            try await connection.query(statement) { rows in
                var arms: [ArmOutcomes] = []
                while var row = try rows.next() {
                    let (name, count) = (try row.string(), try row.int())
                    let (mean, squares) = (try row.double(), try row.double())
                    arms.append(ArmOutcomes(name: name, count: count, mean: mean, variance: count > 1 ? squares / Double(count - 1) : 0))
                }
                return arms
            }
        }
    }
}

extension Experiment {
    /// Makes the tables for assignments and outcomes where they are not there.
    public func createTable(with prisma: some PrismaClientProtocol) async throws {
        try await ExperimentOutcomes(prisma.engine).createTable()
    }

    /// Records who was answered by which arm, so that `prisml experiments show` can say how many of them an outcome is known of.
    ///
    /// ```swift
    /// let rows = try await prisma.user.findMany(include: test)
    /// try await test.record(rows.map(\.1), with: prisma)
    /// ```
    public func record(_ answers: [AssignedPrediction<Label>], with prisma: some PrismaClientProtocol) async throws {
        try await ExperimentOutcomes(prisma.engine).assign(
            answers.map { (key: $0.key, arm: $0.arm, version: $0.prediction.version) }, experiment: name)
    }

    /// Records what became of a row: a number, larger being better or worse as you mean it. A second outcome replaces the first.
    public func record(_ outcome: Double, for answer: AssignedPrediction<Label>, with prisma: some PrismaClientProtocol) async throws {
        try await ExperimentOutcomes(prisma.engine).record(outcome, experiment: name, key: answer.key, arm: answer.arm)
    }

    /// Records what became of the row with a key, for the arm that was recorded to have answered for it; where none was, for the arm that
    /// the key belongs to now.
    public func record(_ outcome: Double, forKey key: some ColumnValue, with prisma: some PrismaClientProtocol) async throws {
        try await record(outcome, RowKeys([key], of: Model.self, in: prisma.engine, predictor.name), in: prisma.engine)
    }

    /// The same for a row whose key has several fields.
    public func record<First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ outcome: Double, forKey key: (First, Second, repeat each Rest), with prisma: some PrismaClientProtocol
    ) async throws {
        try await record(outcome, RowKeys([key], of: Model.self, in: prisma.engine, predictor.name), in: prisma.engine)
    }

    /// Records whether something became of a row: 1 for true, 0 for false.
    public func record(_ outcome: Bool, forKey key: some ColumnValue, with prisma: some PrismaClientProtocol) async throws {
        try await record(outcome ? 1 : 0, forKey: key, with: prisma)
    }

    /// The same for a row whose key has several fields.
    public func record<First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ outcome: Bool, forKey key: (First, Second, repeat each Rest), with prisma: some PrismaClientProtocol
    ) async throws {
        let outcome: Double = outcome ? 1 : 0
        try await record(outcome, RowKeys([key], of: Model.self, in: prisma.engine, predictor.name), in: prisma.engine)
    }

    private func record<ID>(_ outcome: Double, _ key: RowKeys<ID>, in engine: PrismaEngine) async throws {
        let (outcomes, key) = (ExperimentOutcomes(engine), key.firstText)
        let arm = try await outcomes.assignedArm(of: key, in: name) ?? assignment.arm(for: key)
        try await outcomes.record(outcome, experiment: name, key: key, arm: arm)
    }
}
