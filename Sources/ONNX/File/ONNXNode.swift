/// One application of an operator.
public struct ONNXNode: Sendable {
    public var name: String
    /// The operator, `TreeEnsembleClassifier`.
    public var operation: String
    /// The operator set that it is from; empty for ONNX itself.
    public var domain: String
    /// The names of the values that go in; an empty name is an optional input that is left out.
    public var inputs: [String]
    public var outputs: [String]
    public var attributes: [ONNXAttribute]
    public var documentation = ""
    private var kept: [ArraySlice<UInt8>] = []

    public init(
        _ operation: String, domain: String = "", name: String = "", inputs: [String], outputs: [String], attributes: [ONNXAttribute] = []
    ) {
        self.operation = operation
        self.domain = domain == "ai.onnx" ? "" : domain
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }

    /// The attribute of that name, if the node has it.
    public func attribute(_ name: String) -> ONNXAttribute? {
        attributes.first { $0.name == name }
    }

    init(bytes: ArraySlice<UInt8>, depth: Int) throws {
        self.init("", inputs: [], outputs: [])
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): inputs.append(try reader.string())
                case (2, .bytes): outputs.append(try reader.string())
                case (3, .bytes): name = try reader.string()
                case (4, .bytes): operation = try reader.string()
                case (5, .bytes): attributes.append(try ONNXAttribute(bytes: reader.slice(), depth: depth))
                case (6, .bytes): documentation = try reader.string()
                case (7, .bytes):
                    domain = try reader.string()
                    if domain == "ai.onnx" { domain = "" }
                case (1...7, _): throw reader.malformed("node field \(field.number) has the wrong wire type")
                default: kept.append(try reader.skipKeeping(field))
                }
            }
        }
    }

    func encode(into writer: inout WireWriter) {
        for input in inputs { writer.string(1, input) }
        for output in outputs { writer.string(2, output) }
        writer.stringIfPresent(3, name)
        writer.string(4, operation)
        for attribute in attributes { writer.message(5, attribute.body) }
        writer.stringIfPresent(6, documentation)
        writer.stringIfPresent(7, domain)
        for field in kept { writer.kept(field) }
    }

    /// How errors name this node.
    var place: String {
        let label = domain.isEmpty ? operation : "\(domain).\(operation)"
        return name.isEmpty ? "node \(label)" : "node '\(name)' (\(label))"
    }
}
