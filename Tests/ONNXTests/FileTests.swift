import ONNX
import Testing

@Suite("Model files")
struct FileTests {
    @Test("what is written is read back, and the bytes are the same again")
    func roundTrip() throws {
        var model = try Sample.classifier()
        model.metadata = ["trained": "churn", "äöü": "日本"]
        model.producerName = "PrisML"
        let bytes = model.encoded()
        let read = try ONNXModel(bytes: bytes)
        #expect(read.encoded() == bytes)
        #expect(read.metadata == model.metadata)
        #expect(read.producerName == "PrisML")
        #expect(read.opsetVersion("ai.onnx.ml") == 3)
        #expect(read.graph.inputs == [ONNXValueInfo(name: "X", type: .tensor(.float, shape: [.named("N"), .fixed(2)]))])
        #expect(read.graph.nodes.map(\.operation) == ["TreeEnsembleClassifier"])
    }

    @Test("tensors of every type keep their elements", arguments: Sample.tensors)
    func tensors(_ tensor: Tensor) throws {
        var graph = ONNXGraph(name: "g")
        graph.initializers = [ONNXTensor(name: "t", tensor)]
        let model = try ONNXModel(bytes: ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17)]).encoded())
        #expect(try model.graph.initializers.first?.tensor() == tensor)
    }

    @Test("types with sequences and maps keep their structure")
    func types() throws {
        let type = ONNXType.sequence(.map(key: .int64, value: .tensor(.float, shape: nil)))
        var graph = ONNXGraph(name: "g")
        graph.outputs = [ONNXValueInfo(name: "z", type: type), ONNXValueInfo(name: "o", type: .optional(.tensor(.string, shape: [.any])))]
        let model = try ONNXModel(bytes: ONNXModel(graph: graph, opsets: []).encoded())
        #expect(model.graph.outputs == graph.outputs)
        #expect("\(type)" == "sequence(map(int64, float))")
    }

    @Test("every truncation of a file is a typed error or a shorter model, never a trap")
    func truncations() throws {
        let bytes = try Sample.classifier().encoded()
        for count in 0..<bytes.count {
            do {
                _ = try Session(contentsOf: Array(bytes[..<count]))
            } catch {
                #expect(error is ONNXError)
            }
        }
    }

    @Test(
        "damaged files say what is wrong",
        arguments: [
            (bytes: [], message: "the file is empty"),
            (bytes: [0x3A], message: "the data ends in the middle of a field"),
            (bytes: [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], message: "a field claims 4294967295 bytes where 0 are left"),
            (bytes: [0x0B], message: "wire type 3 is not used by ONNX"),
            (bytes: [0x08, 0x08], message: "the file holds no graph"),
            (bytes: [0x3A, 0x00], message: "the file names no IR version"),
            (bytes: [0x08, 0x63, 0x3A, 0x00], message: "IR version 99 is newer than 14, the newest that is read here"),
            (bytes: [0x08] + [UInt8](repeating: 0xFF, count: 11), message: "a number of more than 10 bytes"),
        ] as [(bytes: [UInt8], message: String)])
    func damaged(_ sample: (bytes: [UInt8], message: String)) throws {
        let error = try #require(throws: ONNXError.self) { try ONNXModel(bytes: sample.bytes) }
        #expect(error.message == sample.message)
        #expect(error.suggestion != nil)
    }
}
