import BenchmarkClient
import Foundation
import PrisML
@_spi(Benchmarks) import PrisMLTraining
import Prisma
import PrismaPostgres
import PrismaSQLite

/// Customers with five purchases each, made by the database itself, and a predictor over them.
enum TrainingShop {
    static let pipelineArgument = "__pipeline"
    static let extractionArgument = "__extraction"

    static func engine(_ database: any SQLDatabase) throws -> PrismaEngine {
        PrismaEngine(database: database, schema: try PrismaClient.schema.get(), options: PrismaEngine.Options())
    }

    /// 8 features, three of them aggregates.
    static func churn(in folder: String) -> Predictor<Customer, Bool> {
        Predictor("churn", on: Customer.self, predicting: \.isChurned) { customer in
            Feature("visits", customer.visits)
            Feature("score", customer.score)
            Feature("isActive", customer.isActive)
            Feature("age", customer.age)
            Feature("visitScore", customer.visits.double * customer.score)
            Feature("purchases", customer.purchases.count)
            Feature("spent", customer.purchases.sum { $0.total })
            Feature("large", customer.purchases.where { $0.total > 50 }.count)
        }
        .algorithm(.gradientBoostedTrees(rounds: 200, depth: 6, earlyStopping: nil)).stored(in: folder)
    }

    static func sqlite(at path: String, customers: Int) async throws -> SQLiteDatabase {
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:\(path)", options: options)
        try await fill(database, customers: customers)
        return database
    }

    /// Numbers that look random and are the same everywhere: products with primes, reduced.
    static func fill(_ database: any SQLDatabase, customers: Int) async throws {
        func numbers(_ count: Int) -> String {
            database.dialect == .sqlite
                ? "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) SELECT i FROM n) AS n"
                : "generate_series(1::bigint, \(count)) AS n(i)"
        }
        let (key, float) = database.dialect == .sqlite ? ("INTEGER", "REAL") : ("INTEGER", "DOUBLE PRECISION")
        let truth = { (condition: String) in database.dialect == .sqlite ? condition : "(\(condition))" }
        let tier = database.dialect == .sqlite ? "TEXT" : "\"Tier\""
        let cast = database.dialect == .sqlite ? "" : "::\"Tier\""
        let script = """
            \(database.dialect == .sqlite ? "" : "CREATE TYPE \"Tier\" AS ENUM ('free', 'pro', 'team');")
            CREATE TABLE customers (id \(key) PRIMARY KEY, tier \(tier) NOT NULL, visits INTEGER NOT NULL, score \(float) NOT NULL,
              is_active BOOLEAN NOT NULL, age INTEGER, is_churned BOOLEAN NOT NULL);
            CREATE TABLE purchases (id \(key) PRIMARY KEY, total \(float) NOT NULL, quantity INTEGER NOT NULL, customer_id INTEGER NOT NULL);
            INSERT INTO customers SELECT i, (CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN 'pro' ELSE 'team' END)\(cast), i * 7919 % 100,
              (i * 104729 % 1000) / 1000.0, \(truth("i % 2 = 0")), CASE WHEN i % 10 = 0 THEN NULL ELSE i * 31 % 80 END,
              \(truth("(i * 7919 % 100) + (i * 104729 % 1000) / 20 + (i * 15485863 % 97) > 120")) FROM \(numbers(customers));
            INSERT INTO purchases SELECT i, (i * 6151 % 10000) / 100.0, i % 5 + 1, i * 48271 % \(customers) + 1 FROM \(numbers(5 * customers));
            CREATE INDEX purchases_customer ON purchases (customer_id);
            ANALYZE;
            """
        try await database.withConnection(for: .write) { try await $0.executeScript(script) }
    }

    static func expect(_ found: Int64, _ count: Int) throws {
        guard found == Int64(count) else { throw PythonPeers.Failure(description: "\(found) rows were read, not \(count)") }
    }

    /// A whole training as a program of its own, which says how much memory it and its trainer took and where the time went.
    static func pipeline(_ path: String, _ folder: String) async throws {
        try? FileManager.default.removeItem(atPath: folder)
        let database = try SQLiteDatabase(url: "file:\(path)")
        setenv(memoryVariable, "\(folder).trainer", 1)
        let (rocAUC, seconds) = try await TrainingBenchmark.train(churn(in: folder), engine: try engine(database))
        let trainer = (try? String(contentsOfFile: "\(folder).trainer", encoding: .utf8)).flatMap { Int($0) } ?? 0
        try answer(PipelineAnswer(rocAUC: rocAUC, megabytes: (Machine.peakKilobytes + trainer) / 1024, seconds: seconds))
    }

    /// Names the file into which a trainer writes how much memory it took.
    private static let memoryVariable = "PRISML_BENCHMARK_MEMORY"

    /// Called by a trainer at its end.
    static func noteMemory() {
        guard let path = ProcessInfo.processInfo.environment[memoryVariable] else { return }
        try? Data("\(Machine.peakKilobytes)".utf8).write(to: URL(filePath: path))
    }

    /// The reading of a training's rows as a program of its own, which says how much memory that took.
    static func extraction(_ url: String) async throws {
        let database: any SQLDatabase = url.hasPrefix("postgres") ? try PostgresDatabase(url: url) : try SQLiteDatabase(url: url)
        let before = Machine.peakKilobytes
        let (count, bytes) = try await TrainingBenchmark.extractedBytes(churn(in: ""), engine: try engine(database))
        try answer(ExtractionAnswer(rows: count, held: bytes / 1024, taken: Machine.peakKilobytes - before))
    }

    private static func answer(_ answer: some Encodable) throws {
        print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }
}

/// What a whole training prints when it is done.
struct PipelineAnswer: Codable {
    var rocAUC: Double
    var megabytes: Int
    /// Where the time went.
    var seconds: [String: Double]
}

/// What the reading of rows prints when it is done; kilobytes.
struct ExtractionAnswer: Codable {
    var rows: Int
    /// The columns, with keys and labels.
    var held: Int
    /// How much the program grew at most.
    var taken: Int
}
