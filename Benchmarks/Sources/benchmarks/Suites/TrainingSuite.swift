import BenchmarkClient
import CDatabasePeers
import CXGBoostPeer
import Foundation
@_spi(Benchmarks) import PrisMLTraining
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport

extension Suite {
    static let training = Suite(
        "training", "Reading a training's rows, growing trees, and whole trainings, each beside its peer", targets: .training
    ) {
        runner in
        try await trees(&runner)
        try await extractions(&runner)
        try await pipelines(&runner)
    }

    /// 200 trees of depth 6 on 100,000 rows of 20 columns.
    private static func trees(_ runner: inout Runner) async throws {
        let (rows, rounds) = (TrainingRows(count: runner.isQuick ? 5_000 : 100_000, columns: 20), runner.isQuick ? 20 : 200)
        let peer = "trees: XGBoost's own loop, from C"
        // By turns, so that what else the machine does meets both.
        try await runner.byTurns(
            items: rounds, of: "round",
            [
                (peer, nil, { _ = try XGBoostPeer.train(rows, rounds: Int32(rounds), depth: 6) }),
                (
                    "trees: native trainer, in this process", peer,
                    { _ = try TrainingBenchmark.growTrees(values: rows.values, labels: rows.labels, rounds: rounds, depth: 6) }
                ),
                (
                    "trees: native trainer, in its own process as prisml train runs it", peer,
                    { _ = try await TrainingBenchmark.growTreesApart(values: rows.values, labels: rows.labels, rounds: rounds, depth: 6) }
                ),
            ])
    }

    /// A million rows with 8 features, three of them aggregates over five million, against the same SQL drained in C.
    private static func extractions(_ runner: inout Runner) async throws {
        let count = runner.isQuick ? 5_000 : 1_000_000
        let folder = try TemporaryFolder()
        let path = folder.file("shop.db")
        let sqlite = try await TrainingShop.sqlite(at: path, customers: count)
        let file = peer_sqlite_open(path)
        try await extraction(&runner, "sqlite", sqlite, count: count) { peer_sqlite_drain(file, $0, $1, Int32($1.count)) }
        peer_sqlite_close(file)
        try noteMemory(&runner, "sqlite", "file:\(path)")
        await sqlite.close()
        guard PostgresTestServer.isUsable else {
            runner.note("PostgreSQL is not installed: its row is missing.")
            return
        }
        let server = try await PostgresTestServer.shared()
        let url = try await server.makeDatabase()
        let postgres = try PostgresDatabase(url: url)
        try await TrainingShop.fill(postgres, customers: count)
        let connection = peer_postgres_open("host=\(server.socketFolder) user=postgres dbname=\(postgres.name)")
        try await extraction(&runner, "postgres", postgres, count: count) { peer_postgres_drain(connection, $0, $1, Int32($1.count)) }
        peer_postgres_close(connection)
        try noteMemory(&runner, "postgres", url)
        await postgres.close()
    }

    /// How much a program grows by reading the rows, beside what it holds of them.
    private static func noteMemory(_ runner: inout Runner, _ label: String, _ url: String) throws {
        let line = try PythonPeers.output("/proc/self/exe", [TrainingShop.extractionArgument, url]).split(separator: "\n").last ?? ""
        let answer = try JSONDecoder().decode(ExtractionAnswer.self, from: Data(line.utf8))
        runner.note(
            "\(label), extraction: \(answer.rows) rows are \(answer.held / 1024) MB of columns; the program grew by \(answer.taken / 1024) MB"
        )
    }

    private static func extraction(
        _ runner: inout Runner, _ label: String, _ database: any SQLDatabase, count: Int, _ drain: @escaping (String, [Double]) -> Int64
    ) async throws {
        let engine = try TrainingShop.engine(database)
        let churn = TrainingShop.churn(in: "")
        let statement = try TrainingBenchmark.extractionStatement(churn, engine: engine)
        let parameters = statement.bindings.map { value in if case .double(let number) = value { number } else { Double.nan } }
        let peer = "\(label), extraction: the same SQL drained in C"
        try await runner.byTurns(
            items: count, of: "row",
            [
                (peer, nil, { try TrainingShop.expect(drain(statement.text, parameters), count) }),
                (
                    "\(label), extraction: encoded columns", peer,
                    { try TrainingShop.expect(Int64(try await TrainingBenchmark.extract(churn, engine: engine)), count) }
                ),
            ])
    }

    /// The whole training of 100,000 rows, process by process, against pandas, SQLAlchemy and XGBoost.
    private static func pipelines(_ runner: inout Runner) async throws {
        guard !runner.isQuick else {
            runner.note("Whole trainings beside Python are left out with --quick.")
            return
        }
        let folder = try TemporaryFolder()
        let path = folder.file("shop.db")
        let database = try await TrainingShop.sqlite(at: path, customers: 100_000)
        let sql = try TrainingBenchmark.extractionStatement(TrainingShop.churn(in: ""), engine: try TrainingShop.engine(database))
        await database.close()
        try Data(sql.text.replacing("?1", with: "50.0").utf8).write(to: URL(filePath: folder.file("rows.sql")))
        let python = try PythonPeers.environment("training")
        let script = PythonPeers.file("train.py")
        let peer = "whole training: pandas, SQLAlchemy, XGBoost"
        var answers: [String: [PipelineAnswer]] = [:]
        func run(_ name: String, _ program: String, _ arguments: [String]) throws {
            let line = try PythonPeers.output(program, arguments).split(separator: "\n").last ?? ""
            let answer = try JSONDecoder().decode(PipelineAnswer.self, from: Data(line.utf8))
            answers[name, default: []].append(answer)
            guard answer.rocAUC > 0.7 else { throw PythonPeers.Failure(description: "\(name) learned nothing: \(answer.rocAUC)") }
        }
        let ours = "whole training: prisml"
        try await runner.byTurns(
            items: 100_000, of: "row",
            [
                (peer, nil, { try run(peer, python, [script, path, folder.file("rows.sql"), folder.file("model.json")]) }),
                (ours, peer, { try run(ours, "/proc/self/exe", [TrainingShop.pipelineArgument, path, folder.file("models")]) }),
            ])
        for (name, answers) in answers.sorted(by: { $0.key < $1.key }) {
            let stages = Set(answers.flatMap(\.seconds.keys)).sorted().map { stage in
                let times = answers.compactMap { $0.seconds[stage] }.sorted()
                return "\(stage) \(Int((times[times.count / 2] * 1000).rounded())) ms"
            }
            runner.note(
                "\(name): \(answers.map(\.megabytes).max() ?? 0) MB at most, its trainer's process included; \(stages.joined(separator: ", "))"
            )
        }
        let (own, other) = (answers[ours]?.map(\.megabytes).max() ?? 0, answers[peer]?.map(\.megabytes).max() ?? 0)
        runner.judge(
            "memory of a whole training, child processes included", wanted: "less than \(other) MB, pandas, SQLAlchemy and XGBoost",
            found: "\(own) MB", isMet: own < other)
    }
}

/// Rows with noise, steps and an interaction, the same in every run.
struct TrainingRows {
    let values: [Float]
    let labels: [Float]
    let columns: Int

    init(count: Int, columns: Int) {
        var state: UInt64 = 1
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 8_388_608 - 1
        }
        var (values, labels): ([Float], [Float]) = ([], [])
        values.reserveCapacity(count * columns)
        for _ in 0..<count {
            let row = (0..<columns).map { _ in next() }
            values += row
            labels.append(row[0] + (row[1] > 0.2 ? 0.5 : -0.3) + row[2] * row[3] + next() * 0.5 > 0 ? 1 : 0)
        }
        (self.values, self.labels, self.columns) = (values, labels, columns)
    }
}
