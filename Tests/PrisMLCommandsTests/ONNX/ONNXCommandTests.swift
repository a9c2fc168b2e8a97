import Foundation
import ONNX
import Prisma
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct ONNXCommandTests {
    /// x0 < 0.5 → 1, else 3; the second output gets -x.
    private static func model() throws -> [UInt8] {
        let tree = EnsembleTree([
            .branch(feature: 0, mode: .less, threshold: 0.5, missingGoesYes: true, yes: 1, no: 2), .leaf([(0, 1), (1, -1)]),
            .leaf([(0, 3), (1, -3)]),
        ])
        var model = try PipelineBuilder(columns: 2).regressor([tree], targets: 2)
        model.producerName = "tests"
        model.metadata = ["trained": "here"]
        return model.encoded()
    }

    /// Runs `prisml onnx` in a folder with the model and rows.
    private static func run(
        _ arguments: String, rows: String = "", named name: String = "rows.csv", input: [UInt8] = []
    ) async throws -> ToolRun {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try Data(model()).write(to: URL(fileURLWithPath: folder.file("m.onnx")))
        try folder.write(rows, to: name)
        return await ToolRun(["onnx"] + arguments.split(separator: " ").map(String.init), input: input, in: folder.path)
    }

    @Test func `inspect shows inputs, outputs, operators, trees and the engine`() async throws {
        let run = try await Self.run("inspect m.onnx")
        #expect(run.errors == "")
        #expect(
            run.output.hasPrefix(
                """
                pipeline
                \(try Self.model().count) bytes, IR version 8, ai.onnx 17, ai.onnx.ml 3, by tests
                engine: native, every operator has a native form
                trained: here

                        name        type
                input   X           float[N, 2]
                output  prediction  float[N, 2]

                operator                          nodes
                ai.onnx.ml.TreeEnsembleRegressor      1

                ensemble   trees  nodes  leaves  deepest  columns  form
                estimator      1      3       2        1        1  \

                """))
        #expect(run.code == 0)
    }

    @Test func `inspect prints JSON`() async throws {
        let run = try await Self.run("inspect --json m.onnx")
        #expect(run.output.contains(#""engine": "native""#))
        #expect(run.output.contains(#""inputs""#))
        #expect(run.code == 0)
    }

    static let rows: [(name: String, text: String)] = [
        ("rows.csv", "a,b\n0.25,7\n\"0.5\",8\n,9\n"),
        ("rows.json", "[[0.25, 7], [0.5, 8], [null, 9]]"),
        ("rows.json", #"{"X": [[0.25, 7], [0.5, 8], [null, 9]]}"#),
        ("rows.json", #"[{"a": 0.25, "b": 7}, {"a": 0.5, "b": 8}, {"a": null, "b": 9}]"#),
    ]

    @Test(arguments: rows)
    func `run reads rows in every form`(_ rows: (name: String, text: String)) async throws {
        let run = try await Self.run("run m.onnx --input \(rows.name)", rows: rows.text, named: rows.name)
        #expect(run.errors == "")
        #expect(run.output == "prediction.0,prediction.1\n1.0,-1.0\n3.0,-3.0\n1.0,-1.0\n")
    }

    @Test func `run reads standard input and prints JSON`() async throws {
        let input = [UInt8]("[[1, 2]]".utf8)
        let run = try await Self.run("run m.onnx --input - --output json", input: input)
        #expect(run.output == "{\n  \"prediction\": [\n    [3.0,-3.0]\n  ]\n}\n")
    }

    static let mistakes: [(rows: String, message: String)] = [
        ("a,b,c\n1,2,3\n", "error: rows.csv has 3 columns, input 'X' wants 2\n"),
        ("a,b\n1\n", "error: rows.csv: line 2 has 1 cells, the heading has 2\n"),
        ("a,b\n1,x\n", "error: rows.csv: value 2 of 'X' is not of type float\n help: \"x\"\n"),
        ("", "error: rows.csv has no heading\n help: write the columns' names into its first line\n"),
    ]

    @Test(arguments: mistakes)
    func `run says what is wrong with the rows`(_ mistake: (rows: String, message: String)) async throws {
        let run = try await Self.run("run m.onnx --input rows.csv", rows: mistake.rows)
        #expect(run.errors == mistake.message)
        #expect(run.code == 1)
    }

    @Test func `bench measures each batch, for people and for programs`() async throws {
        let run = try await Self.run("bench m.onnx --seconds 0.001")
        #expect(run.code == 0)
        #expect(run.output.hasPrefix(" rows  native"))
        #expect(run.errors.contains("measuring: 4 batches"))
        let machine = try await Self.run("bench m.onnx --seconds 0.001 --json")
        let batches = try JSON(parsing: machine.output)["batches"]?.array ?? []
        #expect(batches.compactMap { $0["rows"]?.int } == [1, 10, 100, 10_000])
        #expect(batches.allSatisfy { ($0["native"]?.double ?? 0) > 0 })
    }

    @Test func `a file that is no model is an error with the next step`() async throws {
        let run = try await Self.run("inspect rows.csv", rows: "a,b\n")
        #expect(run.errors.hasPrefix("error: malformedFile: "))
        #expect(run.errors.hasSuffix(" help: the file is damaged or is not an ONNX model\n more: prisml explain malformedFile\n"))
        #expect(run.code == 1)
    }

    @Test func `CSV keeps quotes, commas and line breaks in cells`() {
        let text = CSVText.line(["a", "b,\"c\"", "d\ne"])
        #expect(text == "a,\"b,\"\"c\"\"\",\"d\ne\"\n")
        #expect(CSVText.parse([UInt8](text.utf8)) == [["a", "b,\"c\"", "d\ne"]])
        #expect(CSVText.parse([UInt8]("\u{FEFF}x\r\n1\r\n\r\n,\n".utf8)) == [["x"], ["1"], ["", ""]])
    }
}
