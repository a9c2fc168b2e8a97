import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisMLCommands

#if os(Linux)
/// A project's tool as a process of its own: signals, kills and full disks while it trains.
@Suite struct TrainProcessTests {
    /// A project whose tool was built beside these tests, with a folder for temporary files that has to be empty in the end.
    struct Place {
        let project: SampleProject
        static let tool = Program.built("TrainingProgram")

        init(_ dialect: SQLDialect = .sqlite, rows: Int = 300) async throws {
            project = try await SampleProject(dialect, rows: rows)
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        }

        var folder: String { project.shop.folder.path }
        var temporary: String { project.shop.folder.file("temporary") }
        var models: String { project.shop.folder.file("models") }
        var variables: [String: String] { ["TMPDIR": temporary, "PRISML_MODELS": models] }

        func train(_ line: String, rounds: Int = 20) throws -> RunningProgram {
            let words = ["train"] + line.split(separator: " ").map(String.init) + ["--url", project.shop.url]
            return try RunningProgram(
                Self.tool, words, in: folder, environment: variables.merging(["PRISML_TEST_ROUNDS": "\(rounds)"]) { $1 })
        }

        /// The same through a shell, which first does something that is good for this process only.
        func train(_ line: String, after shell: String, with program: [String] = ["/bin/sh"]) throws -> RunningProgram {
            let words = ["-c", shell + "; exec \"$0\" \"$@\"", Self.tool, "train"] + line.split(separator: " ").map(String.init)
            return try RunningProgram(
                program[0], program.dropFirst() + words + ["--url", project.shop.url], in: folder, environment: variables)
        }

        func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
            #expect(try Files(below: models).contents.isEmpty, sourceLocation: sourceLocation)
            #expect(try Files(below: temporary).contents.isEmpty, sourceLocation: sourceLocation)
        }

        /// A Python that takes what it is told and never answers.
        func silentPython() throws -> String {
            let path = try project.shop.folder.write("#!/bin/sh\nexec sleep 1000\n", to: "python")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }
    }

    /// While rows are read, while trees grow, and while another program trains.
    static let moments: [(line: String, text: String, hasChild: Bool)] = [
        ("slow", "slow: User rows of ", false), ("churn", "split: ", true), ("foreign --python PYTHON", "foreign: User rows of ", true),
    ]

    @Test(arguments: moments, [SIGINT, SIGTERM])
    func `An interruption ends the training and its child, and leaves nothing`(
        moment: (line: String, text: String, hasChild: Bool), signal: Int32
    ) async throws {
        let place = try await Place()
        let run = try place.train(moment.line.replacing("PYTHON", with: try place.silentPython()), rounds: 100_000)
        try run.wait(untilErrorsHold: moment.text)
        if moment.hasChild { try run.wait(until: "a child") { !$0.children.isEmpty } }
        let children = run.children
        run.signal(signal)
        #expect(run.end() == 128 + signal, "\(run.errors)")
        #expect(!run.errors.contains("error:"), "\(run.errors)")
        for child in children { RunningProgram.waitForEnd(of: child) }
        try place.expectNothingLeft()
    }

    @Test func `A trainer that is killed is an error with its signal and a next step`() async throws {
        let place = try await Place()
        let run = try place.train("churn", rounds: 100_000)
        try run.wait(untilErrorsHold: "split: ")
        try run.wait(until: "a child") { !$0.children.isEmpty }
        for child in run.children { kill(child, SIGKILL) }
        #expect(run.end() == 1)
        #expect(run.errors.contains("error: trainerFailed: the training's process ended before it was done: signal 9"), "\(run.errors)")
        #expect(run.errors.contains(" help: Linux kills so when memory runs out"), "\(run.errors)")
        try place.expectNothingLeft()
    }

    @Test func `A Python that is killed is an error, too`() async throws {
        let place = try await Place()
        let run = try place.train("foreign --python \(try place.silentPython())")
        try run.wait(until: "a child") { !$0.children.isEmpty }
        for child in run.children { kill(child, SIGKILL) }
        #expect(run.end() == 1)
        #expect(run.errors.contains("error: trainer") && run.errors.contains("signal 9") && run.errors.contains(" help: "), "\(run.errors)")
        try place.expectNothingLeft()
    }

    @Test func `After a kill the next training takes the lock over, says so and cleans up`() async throws {
        let place = try await Place()
        let killed = try place.train("churn", rounds: 100_000)
        try killed.wait(untilErrorsHold: "split: ")
        try killed.wait(until: "a child") { !$0.children.isEmpty }
        let children = killed.children
        // A second one at the same time is told who trains.
        let second = try place.train("churn")
        #expect(second.end() == 1)
        #expect(second.errors.contains("error: locked: ") && second.errors.contains("process \(killed.id) on "), "\(second.errors)")

        killed.signal(SIGKILL)
        #expect(killed.end() == 128 + SIGKILL)
        // Nobody reads its progress any more.
        for child in children { RunningProgram.waitForEnd(of: child) }
        // As if it had been killed while it wrote.
        try place.project.shop.folder.write("{}", to: "models/churn/0001-00000000.tmp/manifest.json")
        #expect(ArtifactStore(directory: place.models).versions(of: "churn").isEmpty)

        let next = try place.train("churn")
        #expect(next.end() == 0, "\(next.errors)")
        #expect(next.errors.contains("warning: the last training of churn (process \(killed.id) on "), "\(next.errors)")
        #expect(next.errors.contains("was ended before it was done; what it left was removed"))
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(place.models)/churn")
        #expect(left.count == 1 && left == ArtifactStore(directory: place.models).versions(of: "churn"), "\(left)")
        let third = try place.train("churn")
        #expect(third.end() == 0 && !third.errors.contains("the last training"))
    }

    /// The system refuses what goes beyond eight kilobytes, first for a file, then for a whole disk.
    @Test func `A file that may not grow is an error, and what was there before stays`() async throws {
        let place = try await Place()
        let first = try place.train("churn")
        #expect(first.end() == 0)
        let before = try Files(below: place.models)
        let limited = try place.train("churn --seed 3", after: "ulimit -f 16")
        #expect(limited.end() == 1)
        #expect(limited.errors.contains("error: ML008: ") && limited.errors.contains(" help: "), "\(limited.errors)")
        #expect(try Files(below: place.models) == before)
        #expect(try Files(below: place.temporary).contents.isEmpty)
    }

    /// The registry's tables are made by whoever comes first, and whoever comes last has the active version.
    @Test(arguments: Shop.dialects)
    func `Activations by several processes leave one version active`(dialect: SQLDialect) async throws {
        let place = try await Place(dialect)
        for seed in 1...2 { #expect(try place.train("churn --seed \(seed)").end() == 0) }
        let url = ["--url", place.project.shop.url]
        let runs = try (0..<6).map { number in
            try RunningProgram(
                Place.tool, ["models", "activate", "churn", "\(number % 2 + 1)"] + url, in: place.folder, environment: place.variables)
        }
        for run in runs { #expect(run.end() == 0, "\(run.errors)") }
        let history = try RunningProgram(
            Place.tool, ["models", "history", "churn", "--json"] + url, in: place.folder, environment: place.variables)
        #expect(history.end() == 0, "\(history.errors)")
        let versions = try #require(try JSON(parsing: history.output).array)
        #expect(versions.compactMap { $0["state"]?.string }.sorted() == ["active", "retired"], "\(history.output)")
    }

    /// A terminal is told how much is left; a file is not filled with that.
    @Test(.enabled(if: Program.path(of: "script") != nil, "there is no 'script' to make a terminal"))
    func `A terminal sees how many rows are left to read`() async throws {
        let place = try await Place(rows: 100)
        let words = "\(Place.tool) train slow --dry-run --url \(place.project.shop.url)"
        let run = try RunningProgram(
            "/usr/bin/env", ["script", "-qec", words, "/dev/null"], in: place.folder, environment: place.variables)
        #expect(run.end() == 0)
        #expect(run.output.contains("reading: 90 of 90 rows, "), "\(run.output)")
        #expect(run.output.contains("\r\u{1B}[K[████"), "\(run.output)")
    }

    @Test func `A model that nothing here could run is refused before a row is read`() async throws {
        let place = try await Place(rows: 50)
        let line = "nearest --python \(try place.silentPython())"
        let run = try place.train(line, after: "export ONNXRUNTIME_LIBRARY=/nowhere/libonnxruntime.so")
        #expect(run.end() == 1)
        #expect(
            run.errors.contains("error: ML001: ")
                && run.errors.contains("models of sklearn.neighbors.KNeighborsClassifier run on ONNX Runtime only")
                && run.errors.contains("pip install onnxruntime"), "\(run.errors)")
        #expect(!run.errors.contains("reading"))
        try place.expectNothingLeft()
    }

    @Test(.enabled(if: Program.canMount, "the system lets nobody mount a disk of their own"))
    func `A full disk is an error, and nothing is left on it`() async throws {
        let place = try await Place()
        try FileManager.default.createDirectory(atPath: place.models, withIntermediateDirectories: true)
        let full = "mount -t tmpfs -o size=32k none models && dd if=/dev/zero of=models/other bs=1k count=24 2>/dev/null"
        // What is on the disk is seen in its own namespace only.
        let look = "\"$0\" \"$@\"; code=$?; find models -type f | sort; exit $code #"
        let run = try place.train("churn", after: "\(full); \(look)", with: ["/usr/bin/unshare", "-rm", "/bin/sh"])
        #expect(run.end() == 1, "\(run.errors)")
        #expect(run.errors.contains("error: ML008: ") && run.errors.contains("disk's free space"), "\(run.errors)")
        #expect(run.output.hasSuffix("models/other\n"), "\(run.output)")
        #expect(!run.output.contains("models/churn"), "\(run.output)")
    }
}

extension Program {
    /// A program that was built beside these tests.
    static func built(_ name: String) -> String {
        URL(filePath: prisml).deletingLastPathComponent().appending(path: name).path
    }

    /// Whether a process may have a disk of its own.
    static var canMount: Bool {
        (try? run("/usr/bin/unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]))?.code == 0
    }
}
#endif
