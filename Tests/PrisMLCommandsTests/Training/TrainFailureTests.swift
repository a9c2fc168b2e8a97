import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisMLCommands

/// What goes wrong in a training through no fault of the definition: a clear error, and nothing left behind.
@Suite struct TrainFailureTests {
    static func project(_ dialect: SQLDialect = .sqlite, rows: Int = 0) async throws -> SampleProject {
        var project = try await SampleProject(dialect, rows: rows)
        project.predictors.removeLast()
        return project
    }

    static func expectNothingLeft(_ project: SampleProject, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try Files(below: project.shop.folder.file("models")).contents.isEmpty, sourceLocation: sourceLocation)
    }

    static let labels: [(name: String, labels: [Bool?], error: String)] = [
        ("no row has a label", [nil, nil, nil], "no row of User has a label"),
        ("one class only", Array(repeating: true, count: 40), "of one class"),
        ("one row", [true], "1 row of User with a label is too few: a training needs 20"),
        ("one row of a class", [true] + Array(repeating: false, count: 40), "each class needs 2 rows to train on: 'true' has 1"),
    ]

    @Test(arguments: labels, Shop.dialects)
    func `Labels that teach nothing are told`(row: (name: String, labels: [Bool?], error: String), dialect: SQLDialect) async throws {
        let project = try await Self.project(dialect)
        try await project.shop.prisma.user.createMany(
            row.labels.enumerated().map { index, label in .init(email: "\(index)", isChurned: label) })
        let run = await project.run("train churn")
        #expect(run.code == 1)
        #expect(run.errors.contains(row.error) && run.errors.contains(" help: "), "\(run.errors)")
        try Self.expectNothingLeft(project)
    }

    @Test func `A constant number teaches nothing`() async throws {
        var project = try await Self.project()
        project.predictors = [SampleProject.value(in: project.shop)]
        try await project.shop.prisma.user.createMany(
            (0..<40).map { (index: Int) in .init(email: "\(index)", visits: index, totalSpent: 7) })
        let run = await project.run("train")
        #expect(run.code == 1)
        #expect(run.errors.contains("have the same label"), "\(run.errors)")
        try Self.expectNothingLeft(project)
    }

    @Test func `Five rows are too few`() async throws {
        let project = try await Self.project()
        try await project.shop.prisma.user.createMany(
            (0..<5).map { (index: Int) in
                .init(email: "\(index)", visits: index, lastLoginAt: Shop.day(Double(-index)), isChurned: index % 2 == 0)
            })
        let run = await project.run("train churn")
        #expect(run.code == 1)
        #expect(
            run.errors.contains(
                "error: invalidData: predictor churn: 5 rows of User with a label are too few: a training needs 20\n help: fill the label"),
            "\(run.errors)")
        try Self.expectNothingLeft(project)
    }

    @Test(arguments: Shop.dialects) func `A feature that is null everywhere is trained around`(dialect: SQLDialect) async throws {
        for algorithm in [Algorithm.gradientBoostedTrees(rounds: 5), .logistic()] {
            var project = try await Self.project(dialect, rows: 200)
            project.predictors = [
                Predictor("churn", on: User.self, predicting: \.isChurned) { user in
                    Feature("empty", user.orders.average { $0.discount })
                    Feature("nothing", user.name, .oneHot(top: 3))
                    Feature("days", user.lastLoginAt.days(until: .now))
                }
                .algorithm(algorithm).stored(in: project.shop.folder.file("models"))
            ]
            let run = await project.run("train")
            #expect(run.code == 0, "\(run.errors)")
            let (churn, prisma) = (try #require(project.predictors[0] as? Predictor<User, Bool>), project.shop.prisma)
            let rows = try await prisma.user.findMany(include: churn)
            #expect(rows.count == 200 && rows.allSatisfy { (0...1).contains($0.1.probability) })
        }
    }

    @Test(arguments: Shop.dialects) func `A column that has vanished from the database is named`(dialect: SQLDialect) async throws {
        let project = try await Self.project(dialect, rows: 60)
        let engine = project.shop.prisma.engine
        try await engine.database.withConnection(for: .write) { connection in
            try await connection.executeScript("ALTER TABLE users RENAME COLUMN visits TO visited")
        }
        let run = await project.run("train churn")
        #expect(run.code == 1)
        #expect(run.errors.contains("visits"), "\(run.errors)")
        try Self.expectNothingLeft(project)
    }

    /// What the database holds against the schema, for each dialect.
    static let unfitting: [(name: String, sql: [SQLDialect: String], error: String)] = [
        (
            "text where a number should be",
            [
                .sqlite: "UPDATE users SET visits = 'many' WHERE id = 17",
                .postgresql:
                    "ALTER TABLE users ALTER COLUMN visits DROP DEFAULT; ALTER TABLE users ALTER COLUMN visits TYPE text USING 'many'",
            ], #"The feature "visits", which reads User.visits, has a value that does not fit: "#
        ),
        (
            "null where the schema has none",
            [
                .sqlite: "ALTER TABLE users DROP COLUMN visits; ALTER TABLE users ADD COLUMN visits INTEGER",
                .postgresql: "ALTER TABLE users ALTER COLUMN visits DROP NOT NULL; UPDATE users SET visits = NULL WHERE id = 17",
            ], #"The feature "visits", which reads User.visits, holds null in some row, where the schema says it never does."#
        ),
        (
            "a label that is none",
            [
                .sqlite: "UPDATE users SET isChurned = 'maybe' WHERE id = 17",
                .postgresql: "ALTER TABLE users ALTER COLUMN \"isChurned\" TYPE text USING 'maybe'",
            ], "The label, which reads User.isChurned, has a value that does not fit: "
        ),
    ]

    @Test(arguments: unfitting, Shop.dialects)
    func `What does not fit the schema is told with its column`(
        row: (name: String, sql: [SQLDialect: String], error: String), dialect: SQLDialect
    ) async throws {
        let project = try await Self.project(dialect, rows: 60)
        let sql = try #require(row.sql[dialect])
        try await project.shop.prisma.engine.database.withConnection(for: .write) { try await $0.executeScript(sql) }
        let run = await project.run("train churn")
        #expect(run.code == 1)
        #expect(run.errors.contains("error: ML006: ") && run.errors.contains(row.error) && run.errors.contains(" help: "), "\(run.errors)")
        try Self.expectNothingLeft(project)
    }

    @Test func `A second training at the same time is told who trains`() async throws {
        let project = try await Self.project(rows: 100)
        let lock = project.shop.folder.file("models/churn/.lock")
        let run = try await TrainingLock.with(lock) { _ in await project.run("train churn") }
        #expect(run.code == 1)
        #expect(run.errors.contains("locked: ") && run.errors.contains("process \(ProcessInfo.processInfo.processIdentifier) on "))
        try Self.expectNothingLeft(project)
        #expect(await project.run("train churn").code == 0)
    }

    /// Where a version cannot be put in its place at the last step, the folder beside goes, and what was there stays.
    @Test func `A version that cannot be written leaves nothing half-written`() async throws {
        let project = try await Self.project(rows: 100)
        let churn = SampleProject.churn(in: project.shop)
        let engine = project.shop.prisma.engine
        let first = try await TrainingRun(churn.definition, engine: engine, store: churn.store).run()
        let version = try #require(first.artifact?.version)
        let blocked = ArtifactStore(directory: project.shop.folder.file("blocked"))
        try project.shop.folder.write("in the way", to: "blocked/churn/\(version)/notes.txt")
        let error = await #expect(throws: PredictorError.self) {
            try await TrainingRun(churn.definition, engine: engine, store: blocked).run()
        }
        #expect(error?.code == .file && error?.help?.contains("free space") == true)
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: blocked.directory).sorted() == [
                "churn", "churn/\(version)", "churn/\(version)/notes.txt",
            ])

        // A folder that cannot be made: a file has its name.
        try project.shop.folder.write("", to: "file")
        var stored = project
        stored.predictors = [churn.stored(in: project.shop.folder.file("file"))]
        let run = await stored.run("train churn")
        #expect(run.code == 1)
        #expect(run.errors.contains(" help: look at the folder's permissions and the space on its disk"), "\(run.errors)")
    }
}
