import Testing

@testable import ONNX

/// ONNX Runtime is not installed everywhere; what needs it is tested where it is.
@Suite("ONNX Runtime")
struct RuntimeTests {
    static let isInstalled = (try? RuntimeLibrary.shared) != nil

    @Test("a missing library says what to install")
    func missing() throws {
        let error = try #require(throws: ONNXError.self) { try RuntimeLibrary(candidates: ["/nowhere/libonnxruntime.so"]) }
        #expect(error.code == .runtimeMissing)
        #expect(error.suggestion == "install it with `pip install onnxruntime`, or set ONNXRUNTIME_LIBRARY to the path of libonnxruntime")
    }

    @Test("a library that is something else is refused")
    func another() throws {
        let error = try #require(throws: ONNXError.self) { try RuntimeLibrary(candidates: ["libc.so.6", "libSystem.dylib"]) }
        #expect(error.code == .runtimeMissing)
    }

    @Test("gives what it gave when the fixtures were made: numbers, texts, maps", .enabled(if: isInstalled))
    func fixtures() throws {
        for sample in try FixtureCase.all(in: "converted-models.bin") {
            let session = try Session(contentsOf: sample.model, engine: .onnxRuntime)
            #expect(session.engine == .onnxRuntime)
            var inputs: [String: ONNXValue] = [:]
            for (name, value) in sample.inputs { inputs[name] = value }
            let found = try session.run(inputs)
            for (name, wanted) in sample.outputs {
                let difference = try found[name]?.difference(from: wanted, tolerance: 1e-4)
                #expect(found[name] != nil && difference == nil, "\(sample.name): \(name): \(difference ?? "")")
            }
        }
    }

    @Test("runs what has no native operator, and the session says so", .enabled(if: isInstalled))
    func fallback() throws {
        let session = try Session(model: Self.convolution)
        #expect(session.engine == .onnxRuntime)
        #expect(session.engineReason == "there is no native operator Conv")
        let image = try Tensor([1, 1, 2, 2], [1, 2, 3, 4] as [Float])
        #expect(try session.run(["X": image])["Y"] == .tensor(try Tensor([1, 1, 1, 1], [10] as [Float])))
    }

    @Test("what has no native operator is refused where only native is allowed")
    func refused() throws {
        let error = try #require(throws: ONNXError.self) { try Session(model: Self.convolution, engine: .native) }
        #expect(error.description == "unsupportedOperator: there is no native operator Conv; run the model with the engine onnxRuntime")
    }

    @Test("reports what it says of a wrong model", .enabled(if: isInstalled))
    func wrong() throws {
        var model = try Self.convolution
        model.graph.nodes[0].inputs = ["X", "missing"]
        let error = try #require(throws: ONNXError.self) { try Session(model: model, engine: .onnxRuntime) }
        #expect(error.code == .runtimeFailed)
        #expect(error.message.contains("missing"))
    }

    private static var convolution: ONNXModel {
        get throws {
            var graph = ONNXGraph(name: "g")
            graph.nodes = [ONNXNode("Conv", inputs: ["X", "W"], outputs: ["Y"])]
            graph.initializers = [ONNXTensor(name: "W", try Tensor([1, 1, 2, 2], [1, 1, 1, 1] as [Float]))]
            graph.inputs = [ONNXValueInfo(name: "X", type: .tensor(.float, shape: [.fixed(1), .fixed(1), .fixed(2), .fixed(2)]))]
            graph.outputs = [ONNXValueInfo(name: "Y", type: .tensor(.float, shape: nil))]
            return ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17)])
        }
    }
}
