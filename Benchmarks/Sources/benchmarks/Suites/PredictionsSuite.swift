import BenchmarkClient
import Foundation
import ONNX
import PrisML
@_spi(Benchmarks) import PrisMLTraining
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport

extension Suite {
    static let predictions = Suite(
        "predictions", "Predictions as columns, against the rows alone, SQL by hand, and Python", targets: .predictions
    ) { runner in
        let isQuick = runner.isQuick
        let count = isQuick ? 20_000 : 1_000_000
        let folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options()
        options.creates = true
        let sqlite = try SQLiteDatabase(url: "file:\(folder.file("users.db"))", options: options)
        var databases: [(name: String, database: any SQLDatabase)] = [("sqlite", sqlite)]
        var postgres: PostgresDatabase?
        var socket: String?
        if PostgresTestServer.isUsable {
            let server = try await PostgresTestServer.shared()
            let database = try PostgresDatabase(url: try await server.makeDatabase())
            (postgres, socket) = (database, server.socketFolder)
            databases.append(("postgres", database))
        } else {
            runner.note("PostgreSQL is not installed: its rows are missing.")
        }
        var modelFile = ""
        for (name, database) in databases {
            try await fill(database, count)
            let prisma = try client(database)
            let models = folder.file("models-\(name)")
            modelFile = try await PredictionBenchmark.train(plain(models), engine: prisma.engine, limit: 20_000)
            if name == "sqlite" { try await bare(&runner, modelFile) }
            let fullFile = try await PredictionBenchmark.train(related(models), engine: prisma.engine, limit: 20_000)
            try await include(&runner, name, prisma, models, fullFile)
            if name == "sqlite" {
                try await inHand(&runner, prisma, models)
                // Packages are fetched for those who read the figures.
                if !isQuick { try await besideService(&runner, prisma, models, modelFile) }
            }
            try await top(&runner, name, prisma, database, models, repetitions: isQuick ? 2 : 3)
        }
        let size = (try? Data(contentsOf: URL(filePath: modelFile)).count) ?? 0
        runner.note("The artifact of 100 trees of depth 6 has \(size / 1000) kB.")
        var arguments = ["\(isQuick ? 2 : 3)", modelFile, select(.sqlite), folder.file("users.db")]
        if let postgres, let socket { arguments += [socket, postgres.name, select(.postgresql)] }
        // Packages are fetched for those who read the figures.
        if !isQuick {
            for line in try PythonPeers.run("prediction_peers.py", in: try PythonPeers.environment("predictions"), arguments) {
                let peer = line.name.prefix { $0 != ":" } + ": where, orderBy, take 20"
                runner.record(line.name, items: line.items, of: "row", against: String(peer), seconds: line.seconds)
            }
        }
        await sqlite.close()
        await postgres?.close()
    }

    private static func client(_ database: any SQLDatabase, _ options: PrismaEngine.Options = .init()) throws -> PrismaClient {
        PrismaClient(engine: PrismaEngine(database: database, schema: try PrismaClient.schema.get(), options: options))
    }

    /// Eight features from the row's own columns; 100 trees of depth 6.
    private static func plain(_ folder: String) -> Predictor<BenchmarkRow, Bool> {
        Predictor("plain", on: BenchmarkRow.self, predicting: \.active) { row in
            Feature("score", row.score)
            Feature("visits", row.visits)
            Feature("rest", row.visits % 1000)
            Feature("day", RowExpression(Date(timeIntervalSince1970: 1_700_000_000)).days(until: row.created))
            Feature("hasName", row.name.isNotNull)
            Feature("length", row.email.length)
            Feature("half", row.score / 2 - 1)
            Feature("plan", row.plan, .ordinal)
        }
        .algorithm(.gradientBoostedTrees(rounds: 100, depth: 6, earlyStopping: nil))
        .stored(in: folder)
    }

    /// Five of them, and three aggregates over a relation.
    private static func related(_ folder: String) -> Predictor<BenchmarkRow, Bool> {
        Predictor("related", on: BenchmarkRow.self, predicting: \.active) { row in
            Feature("score", row.score)
            Feature("visits", row.visits)
            Feature("rest", row.visits % 1000)
            Feature("hasName", row.name.isNotNull)
            Feature("length", row.email.length)
            Feature("orders", row.orders.count)
            Feature("total", row.orders.sum { $0.total })
            Feature("largest", row.orders.max { $0.total })
        }
        .algorithm(.gradientBoostedTrees(rounds: 100, depth: 6, earlyStopping: nil))
        .stored(in: folder)
    }

    /// The columns of `plain` as SQL, for those who do it by hand.
    private static func select(_ dialect: SQLDialect) -> String {
        let days =
            dialect == .sqlite
            ? "(created - 1700000000000) / 86400000.0" : "EXTRACT(EPOCH FROM created - TIMESTAMP '2023-11-14 22:13:20') / 86400"
        return """
            SELECT id, score, visits, visits % 1000 AS rest, \(days) AS day, CASE WHEN name IS NULL THEN 0 ELSE 1 END AS has_name, \
            length(email) AS length, score / 2 - 1 AS half, CASE plan WHEN 'free' THEN 0 ELSE 1 END AS plan FROM users
            """
    }

    private static func fill(_ database: any SQLDatabase, _ count: Int) async throws {
        let isSQLite = database.dialect == .sqlite
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(BenchmarkUser.table(database.dialect, "users"))
            try await connection.executeScript(
                "CREATE TABLE orders (id BIGINT PRIMARY KEY, total DOUBLE PRECISION NOT NULL, \"rowId\" BIGINT NOT NULL); CREATE INDEX orders_row ON orders (\"rowId\")"
            )
            try await connection.executeScript("BEGIN")
            for start in stride(from: 1, to: count + 1, by: 100_000) {
                let numbers = start..<min(start + 100_000, count + 1)
                _ = try await connection.execute(BenchmarkUser.insert(into: "users", database.dialect, numbers, perStatement: 100))
            }
            let numbers =
                isSQLite
                ? "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) SELECT i FROM n"
                : "SELECT i FROM generate_series(0, 99999) AS g(i)"
            try await connection.executeScript(
                "INSERT INTO orders SELECT i, (i * 7919 % 1000) / 10.0, i / 10 + 1 FROM (\(numbers)) AS numbers; COMMIT")
            try await connection.executeScript("ANALYZE")
        }
    }

    /// 1,000 rows, alone and with a prediction beside each.
    private static func include(
        _ runner: inout Runner, _ name: String, _ prisma: PrismaClient, _ models: String, _ fullFile: String
    ) async throws {
        let (plain, related) = (plain(models), related(models))
        try await runner.measure("\(name), 1,000 rows: findMany", items: 1000, of: "row") {
            try await prisma.benchmarkRow.findMany(orderBy: { $0.id.ascending }, take: 1000)
        }
        try await runner.measure(
            "\(name), 1,000 rows: include, 8 scalars", items: 1000, of: "row", against: "\(name), 1,000 rows: findMany"
        ) {
            try await prisma.benchmarkRow.findMany(orderBy: { $0.id.ascending }, take: 1000, include: plain)
        }
        // By hand: the same columns in one statement, decoded into rows and floats, and the bare evaluator.
        let predictor = try Session(contentsOf: Array(try Data(contentsOf: URL(filePath: fullFile)))).rowPredictor()
        let sql = """
            SELECT t.id, t.email, t.name, t.score, t.active, t.created, t.visits, t.plan, t.score, t.visits, t.visits % 1000, \
            CASE WHEN t.name IS NULL THEN 0 ELSE 1 END, length(t.email), \
            (SELECT COUNT(*) FROM orders o WHERE o."rowId" = t.id), (SELECT SUM(o.total) FROM orders o WHERE o."rowId" = t.id), \
            (SELECT MAX(o.total) FROM orders o WHERE o."rowId" = t.id) FROM users t ORDER BY t.id LIMIT 1000
            """
        try await runner.measure("\(name), 1,000 rows: by hand, 3 aggregates", items: 1000, of: "row") {
            try await prisma.engine.database.withConnection(for: .read) { connection in
                let (rows, features) = try await connection.query(SQLStatement(sql)) { rows in
                    var users: [BenchmarkUser] = []
                    var features: [Float] = []
                    while var row = try rows.next() {
                        users.append(try BenchmarkUser(row: &row))
                        for _ in 0..<8 { features.append(try row.doubleIfPresent().map { Float($0) } ?? .nan) }
                    }
                    return (users, features)
                }
                var scratch = predictor.makeScratch()
                var scores = [Float](repeating: 0, count: rows.count * predictor.outputCount)
                try features.withUnsafeBufferPointer { features in
                    try scores.withUnsafeMutableBufferPointer { scores in
                        try predictor.predict(rows: features, rowCount: rows.count, into: scores, scratch: &scratch)
                    }
                }
                return (rows, scores)
            }
        }
        try await runner.measure(
            "\(name), 1,000 rows: include, 3 aggregates", items: 1000, of: "row", against: "\(name), 1,000 rows: by hand, 3 aggregates"
        ) {
            try await prisma.benchmarkRow.findMany(orderBy: { $0.id.ascending }, take: 1000, include: related)
        }
    }

    /// What the model itself takes for the rows of `include`: no query with predictions can take less than this and the query without.
    private static func bare(_ runner: inout Runner, _ file: String) async throws {
        let predictor = try Session(contentsOf: Array(try Data(contentsOf: URL(filePath: file)))).rowPredictor()
        var scratch = predictor.makeScratch()
        let features = (0..<8000).map { (index: Int) -> Float in Float(index * 7919 % 1000) }
        var scores = [Float](repeating: 0, count: 1000 * predictor.outputCount)
        try await runner.measure("1,000 rows: the bare evaluator alone", items: 1000, of: "row") {
            try features.withUnsafeBufferPointer { features in
                try scores.withUnsafeMutableBufferPointer { scores in
                    try predictor.predict(rows: features, rowCount: 1000, into: scores, scratch: &scratch)
                }
            }
        }
    }

    /// One row in hand, features included; alone and from 32 tasks at once.
    private static func inHand(_ runner: inout Runner, _ prisma: PrismaClient, _ models: String) async throws {
        let ready = try await plain(models).load(with: prisma)
        let unwatched = try await PredictionBenchmark.withoutSketch(plain(models), engine: prisma.engine)
        let rows = try await prisma.benchmarkRow.findMany(take: 1000)
        var index = 0
        func rounds(_ predictor: ReadyPredictor<BenchmarkRow, Bool>) -> () async throws -> Void {
            { for _ in 0..<320 { for row in rows { keep(try predictor.predict(row)) } } }
        }
        // By turns, since the difference is smaller than what the machine does meanwhile.
        let (without, with) = ("predict(row), not watching for drift", "predict(row), watching for drift")
        try await runner.byTurns(
            items: 320 * rows.count, of: "row", [(without, nil, rounds(unwatched)), (with, without, rounds(ready))])
        try await runner.measure("predict(row): 100 trees of depth 6") {
            index = (index + 1) % rows.count
            return try ready.predict(rows[index])
        }
        var nanoseconds: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<50 {
            for row in rows {
                let start = clock.now
                keep(try ready.predict(row))
                nanoseconds.append(Double((clock.now - start).components.attoseconds) * 1e-9)
            }
        }
        nanoseconds.sort()
        let (median, late) = (nanoseconds[nanoseconds.count / 2], nanoseconds[nanoseconds.count * 99 / 100])
        runner.note("predict(row), \(nanoseconds.count) calls: p50 \(Int(median)) ns, p99 \(Int(late)) ns.")
        let repetitions = runner.effort.time < .milliseconds(500) ? 1 : 10
        // Rows of their own for each task, as the requests of a server have them: what tasks do to each other is to be the predictor's doing.
        var sets: [[BenchmarkRow]] = []
        for _ in 0..<32 { sets.append(try await prisma.benchmarkRow.findMany(take: 1000)) }
        for tasks in [1, 2, 32] {
            try await runner.measure(
                "predict(row): \(tasks) task\(tasks == 1 ? "" : "s"), 32,000 rows", items: 32_000 * repetitions, of: "row",
                against: tasks == 1 ? nil : "predict(row): 1 task, 32,000 rows"
            ) {
                try await withThrowingTaskGroup(of: Double.self) { group in
                    for task in 0..<tasks {
                        group.addTask { [sets] in
                            var sum = 0.0
                            for rows in sets[32 / tasks * task..<32 / tasks * (task + 1)] {
                                for _ in 0..<repetitions { for row in rows { sum += try ready.predict(row).probability } }
                            }
                            return sum
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
        }
        try await runner.measure("loading the artifact") { try PredictionBenchmark.load(plain(models), engine: prisma.engine) }
        let large = plain(models + "-large").algorithm(
            .gradientBoostedTrees(rounds: runner.isQuick ? 300 : 6200, depth: 6, earlyStopping: nil))
        let file = try await PredictionBenchmark.train(large, engine: prisma.engine, limit: 5_000)
        let size = (try? Data(contentsOf: URL(filePath: file)).count) ?? 0
        runner.note("The large artifact has \(size / 1000) kB.")
        try await runner.measure("loading an artifact of 10 MB") { try PredictionBenchmark.load(large, engine: prisma.engine) }
    }

    /// One prediction, here and from a service in Python on the same machine, which is given the features.
    private static func besideService(_ runner: inout Runner, _ prisma: PrismaClient, _ models: String, _ modelFile: String) async throws {
        let plain = plain(models)
        let service = try PredictionService(model: modelFile)
        defer { service.stop() }
        let row = try await prisma.benchmarkRow.findFirstOrThrow()
        let features: [Float] = [1, 2, 3, 4, 0, 5, 6, 0]
        let ready = try await plain.load(with: prisma)
        try await runner.measure("one prediction: a row in hand") { try ready.predict(row) }
        var key: Int64 = 0
        try await runner.measure("one prediction: the row read by its key", against: "one prediction: a row in hand") {
            key = key % 1000 + 1
            return try await prisma.benchmarkRow.findUnique(where: { [key] in $0.id == key }, include: plain)
        }
        try await runner.measure(
            "one prediction: FastAPI and ONNX Runtime, features given", against: "one prediction: the row read by its key"
        ) {
            try service.predict(features)
        }
    }

    /// The best 20 of all rows.
    private static func top(
        _ runner: inout Runner, _ name: String, _ prisma: PrismaClient, _ database: any SQLDatabase, _ models: String, repetitions: Int
    ) async throws {
        let plain = plain(models)
        let total = try await prisma.benchmarkRow.count()
        func times(_ body: () async throws -> Void) async throws -> [Double] {
            var seconds: [Double] = []
            for _ in 0..<repetitions {
                let duration = try await ContinuousClock().measure(body).components
                seconds.append(Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
            }
            return seconds
        }
        let naive = try await times {
            let rows = try await prisma.benchmarkRow.findMany(include: plain)
            keep(rows.filter { $0.1.probability > 0.5 }.sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }.prefix(20))
        }
        runner.record("\(name), top 20: all rows, in the application", items: total, of: "row", seconds: naive)
        for (label, client) in [
            ("without bounds", try client(database, PredictionBenchmark.withoutNarrowing(.init()))), ("where, orderBy, take 20", prisma),
        ] {
            let seconds = try await times {
                keep(
                    try await client.benchmarkRow.findMany(
                        where: { plain($0).probability > 0.5 }, orderBy: { plain($0).probability.descending }, take: 20))
            }
            runner.record(
                "\(name), top 20: \(label)", items: total, of: "row", against: "\(name), top 20: all rows, in the application",
                seconds: seconds)
        }
    }
}
