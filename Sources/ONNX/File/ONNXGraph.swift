/// The nodes of a model, what flows in and out of them, and the constants that they use.
public struct ONNXGraph: Sendable {
    public var name: String
    public var documentation = ""
    public var nodes: [ONNXNode] = []
    public var initializers: [ONNXTensor] = []
    public var inputs: [ONNXValueInfo] = []
    public var outputs: [ONNXValueInfo] = []
    /// What is known about values in between; tools write it, nothing here needs it.
    public var values: [ONNXValueInfo] = []

    /// The number of sparse constants; only ONNX Runtime runs those.
    public private(set) var sparseInitializerCount = 0
    private var kept: [ArraySlice<UInt8>] = []

    /// How deep graphs may nest (an `If` inside of a `Loop` …) before a file is refused.
    static let deepestNesting = 32

    public init(name: String) {
        self.name = name
    }

    init(bytes: ArraySlice<UInt8>, depth: Int) throws {
        guard depth <= Self.deepestNesting else {
            throw ONNXError(
                .malformedFile, "graphs nest deeper than \(Self.deepestNesting)", at: "byte \(bytes.startIndex)",
                suggestion: "the file is damaged or hostile")
        }
        self.init(name: "")
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): nodes.append(try ONNXNode(bytes: reader.slice(), depth: depth))
                case (2, .bytes): name = try reader.string()
                case (5, .bytes): initializers.append(try ONNXTensor(bytes: reader.slice()))
                case (10, .bytes): documentation = try reader.string()
                case (11, .bytes): inputs.append(try ONNXValueInfo(bytes: reader.slice()))
                case (12, .bytes): outputs.append(try ONNXValueInfo(bytes: reader.slice()))
                case (13, .bytes): values.append(try ONNXValueInfo(bytes: reader.slice()))
                case (15, .bytes):
                    sparseInitializerCount += 1
                    kept.append(try reader.skipKeeping(field))
                case (1, _), (2, _), (5, _), (10...13, _), (15, _):
                    throw reader.malformed("graph field \(field.number) has the wrong wire type")
                default: kept.append(try reader.skipKeeping(field))
                }
            }
        }
    }

    func encode(into writer: inout WireWriter) {
        for node in nodes { writer.message(1) { node.encode(into: &$0) } }
        writer.stringIfPresent(2, name)
        for tensor in initializers { writer.message(5, tensor.body) }
        writer.stringIfPresent(10, documentation)
        for input in inputs { writer.message(11) { input.encode(into: &$0) } }
        for output in outputs { writer.message(12) { output.encode(into: &$0) } }
        for value in values { writer.message(13) { value.encode(into: &$0) } }
        for field in kept { writer.kept(field) }
    }
}
