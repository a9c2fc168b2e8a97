import Foundation
import PrisML
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct TrainCommandTests {
    @Test(arguments: Shop.dialects)
    func `A predictor is trained, measured and written`(dialect: SQLDialect) async throws {
        let project = try await SampleProject(dialect)
        let run = await project.run("train churn")
        #expect(run.code == 0)
        #expect(run.errors.hasPrefix("churn: User rows of "))
        #expect(run.errors.contains("\nreading: 270 rows in "))
        #expect(run.errors.contains("\nsplit: 175 rows to train on, 41 to stop by, 54 held out\n"), "\(run.errors)")
        #expect(run.errors.contains("\ntraining: "))
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "metric               churn  95 of 100 samples  baseline")
        #expect(lines.contains { $0.hasPrefix("ROC AUC  ") && $0.hasSuffix("  0.5") }, "\(run.output)")
        #expect(lines.contains { $0.hasPrefix("ROC AUC ") && $0.hasSuffix("  at least 0.8  passed") })
        let version = try #require(project.versions.first)
        #expect(project.versions.count == 1)
        #expect(lines.contains { $0.hasPrefix("what decides: daysSinceLogin ") })
        #expect(lines.suffix(2).first == "✓ churn is trained: version \(version.dropFirst(6))")
        let report = "\(project.shop.folder.file("models"))/\(version)/report.html"
        #expect(lines.last == "  report: \(report)")
        #expect(try String(contentsOfFile: report, encoding: .utf8).hasPrefix("<!doctype html>"))
    }

    @Test func `A missed gate says by how much, exits with 1 and leaves what was trained before`() async throws {
        var project = try await SampleProject()
        #expect(await project.run("train churn").code == 0)
        let before = try Files(below: project.shop.folder.file("models"))
        project.predictors = [SampleProject.churn(in: project.shop).gate(.accuracy, atLeast: 0.999).seed(3)]
        let run = await project.run("train churn")
        #expect(run.code == 1)
        let gate = try #require(run.output.split(separator: "\n").first { $0.contains("at least 0.999") })
        #expect(gate.contains("missed by 0."))
        #expect(run.errors.contains("✗ churn missed 1 gate; nothing was written\n help: "))
        #expect(try Files(below: project.shop.folder.file("models")) == before)
    }

    @Test func `A dry run writes nothing`() async throws {
        let project = try await SampleProject()
        let run = await project.run("train churn --dry-run --limit 200 --seed 5 --threads 1")
        #expect(run.code == 0)
        #expect(run.errors.contains("reading: 200 rows"))
        #expect(run.output.hasSuffix("✓ churn would be trained; --dry-run wrote nothing\n"))
        #expect(project.versions.isEmpty)
    }

    @Test func `All predictors are trained, and results are JSON when asked for`() async throws {
        let project = try await SampleProject()
        let run = await project.run("train --all --json")
        #expect(run.code == 0)
        let results = try #require(try JSON(parsing: run.output).array)
        #expect(results.map { $0["predictor"]?.string } == ["churn", "value"])
        let (churn, value) = (results[0], results[1])
        #expect(churn["passed"] == true && churn["isNew"] == true)
        #expect(churn["rows"] == ["training": 175, "validation": 41, "holdout": 54])
        #expect(churn["gates"]?[0]?["wanted"]?.double == 0.8)
        #expect(try #require(churn["metrics"]?["rocAUC"]?["value"]?.double) > 0.8)
        #expect(try #require(churn["seconds"]?["training"]?.double) >= 0)
        #expect(try #require(value["metrics"]?["r2"]?["value"]?.double) > 0.9)
        #expect(project.versions == ["churn/\(churn["version"]?.string ?? "")", "value/\(value["version"]?.string ?? "")"])
    }

    static let wrongLines: [(line: String, errors: String, code: Int32)] = [
        ("train", "error: the project has 2 predictors\n help: name the ones to train, or all of them with --all: churn, value\n", 2),
        ("train churm", "error: the project has no predictor 'churm'; did you mean 'churn'?\n help: it has churn, value\n", 1),
        ("train --all churn", "error: --all trains every predictor, and names choose some\n", 2),
        ("train churn --limit 0", "error: --limit takes at least 1, not '0'\n", 2),
        ("train churn --threads 0", "error: --threads takes at least 1, not '0'\n", 2),
        (
            "train churn --limit lots",
            "error: --limit takes a whole number, not 'lots'\n help: 'prisml train --help' shows what it takes\n", 2
        ),
    ]

    @Test(arguments: wrongLines)
    func `A wrong line is told before anything is read`(line: String, errors: String, code: Int32) async throws {
        let project = try await SampleProject(rows: 1)
        let run = await project.run(line)
        #expect(run.errors == errors)
        #expect(run.code == code)
        #expect(run.output == "")
    }

    @Test func `What is wrong with all definitions is told before a row is read`() async throws {
        var project = try await SampleProject(rows: 1)
        let folder = project.shop.folder.file("models")
        project.predictors = [
            Predictor("a b", on: User.self, predicting: \.isChurned) { user in
                Feature("x", user.visits)
                Feature("x", user.isChurned)
            }.stored(in: folder),
            Predictor("value", on: User.self, predicting: \.totalSpent) { user in Feature("visits", user.visits) }
                .gate(.accuracy, atLeast: 0.5).stored(in: folder),
        ]
        let run = await project.run("train --all")
        #expect(run.code == 1)
        #expect(run.errors.contains("error: ML001: predictor a b: the name \"a b\" is used as a folder's name"))
        #expect(run.errors.contains("two features are named \"x\"; the feature \"x\" reads the label"))
        #expect(run.errors.contains("error: ML001: predictor value: the gate on accuracy cannot be judged"))
        #expect(!run.errors.contains("reading"))
    }

    @Test func `No rows, and rows that teach nothing, are errors with a next step`() async throws {
        var project = try await SampleProject(rows: 0)
        let empty = await project.run("train churn")
        #expect(empty.code == 1)
        #expect(empty.errors.contains("error: invalidData: predictor churn: no row of User has a label\n help: fill the label"))

        try await project.shop.prisma.user.createMany((0..<40).map { .init(email: "\($0)", isChurned: true) })
        let constant = await project.run("train churn")
        #expect(constant.code == 1)
        #expect(constant.errors.contains("error: invalidData: "))
        #expect(constant.errors.contains(" help: "))

        project.predictors = [SampleProject.churn(in: project.shop), SampleProject.value(in: project.shop)]
        let both = await project.run("train --all --json")
        #expect(both.code == 1)
        #expect(try JSON(parsing: both.output)[0]?["error"]?.string?.hasPrefix("invalidData") == true)
        #expect(project.versions.isEmpty || project.versions.allSatisfy { $0.hasPrefix("value/") })
    }

    @Test func `An interruption leaves nothing half-written`() async throws {
        let project = try await SampleProject()
        let captured = Captured()
        let running = Mutex<Task<ExitCode, Never>?>(nil)
        let environment = CommandEnvironment(
            arguments: ["train", "churn", "--url", project.shop.url], workingDirectory: project.shop.folder.path,
            output: OutputTarget { captured.append($0) },
            errors: OutputTarget { bytes in
                if String(decoding: bytes, as: UTF8.self).contains("split:") { running.withLock { $0?.cancel() } }
                return captured.append(bytes)
            })
        let task = running.withLock { running in
            let task = Task { await PrisMLTool(predictors: project.predictors).run(in: environment) }
            running = task
            return task
        }
        #expect(await task.value == .interrupted)
        #expect(project.versions.isEmpty)
        #expect(try Files(below: project.shop.folder.file("models")).contents.isEmpty)
    }
}

/// Every file below a folder with its bytes; a folder that is not there has none.
struct Files: Equatable {
    let contents: [String: Data]

    init(below folder: String) throws {
        var contents: [String: Data] = [:]
        for path in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] {
            contents[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
        }
        self.contents = contents
    }
}
