/// An ONNX file: a graph, the operator sets that it is written in, and what its producer says about it.
///
/// ```swift
/// var model = try ONNXModel(bytes: file)
/// model.metadata["trained"] = "churn"
/// let changed = model.encoded()
/// ```
public struct ONNXModel: Sendable {
    /// An operator set that the graph's nodes are taken from.
    public struct Opset: Sendable, Hashable {
        /// Empty for the operators of ONNX itself, `ai.onnx.ml` for those of classical machine learning.
        public var domain: String
        public var version: Int

        public init(domain: String, version: Int) {
            self.domain = domain == "ai.onnx" ? "" : domain
            self.version = version
        }
    }

    /// The newest version of the file format that is read here.
    public static let newestIRVersion = 14

    public var irVersion: Int
    public var opsets: [Opset]
    public var producerName = ""
    public var producerVersion = ""
    public var domain = ""
    public var modelVersion = 0
    public var documentation = ""
    /// Free key–value pairs; written sorted by key, so that equal models are equal bytes.
    public var metadata: [String: String] = [:]
    public var graph: ONNXGraph

    /// The number of functions that the file defines for itself; only ONNX Runtime runs those.
    public private(set) var functionCount = 0
    private var kept: [ArraySlice<UInt8>] = []

    public init(graph: ONNXGraph, opsets: [Opset], irVersion: Int = 8) {
        self.graph = graph
        self.opsets = opsets
        self.irVersion = irVersion
    }

    /// Reads a file's bytes, which are kept and shared by large attributes and tensors until those are decoded.
    public init(bytes: [UInt8]) throws {
        try self.init(bytes: bytes[...])
    }

    public init(bytes: ArraySlice<UInt8>) throws {
        guard !bytes.isEmpty else {
            throw ONNXError(.malformedFile, "the file is empty", suggestion: "write the model again")
        }
        var irVersion: Int?
        var graph: ONNXGraph?
        self.init(graph: ONNXGraph(name: ""), opsets: [])
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .varint): irVersion = Int(truncatingIfNeeded: try reader.varint())
                case (2, .bytes): producerName = try reader.string()
                case (3, .bytes): producerVersion = try reader.string()
                case (4, .bytes): domain = try reader.string()
                case (5, .varint): modelVersion = Int(truncatingIfNeeded: try reader.varint())
                case (6, .bytes): documentation = try reader.string()
                case (7, .bytes): graph = try ONNXGraph(bytes: reader.slice(), depth: 0)
                case (8, .bytes): opsets.append(try Self.opset(reader.slice()))
                case (14, .bytes):
                    let (key, value) = try Self.entry(reader.slice())
                    metadata[key] = value
                case (25, .bytes):
                    functionCount += 1
                    kept.append(try reader.skipKeeping(field))
                case (1...8, _), (14, _), (25, _): throw reader.malformed("model field \(field.number) has the wrong wire type")
                default: kept.append(try reader.skipKeeping(field))
                }
            }
        }
        guard let graph else {
            throw ONNXError(.malformedFile, "the file holds no graph", suggestion: "the file is damaged or is not an ONNX model")
        }
        guard let irVersion, irVersion >= 1 else {
            throw ONNXError(.malformedFile, "the file names no IR version", suggestion: "the file is damaged or is not an ONNX model")
        }
        guard irVersion <= Self.newestIRVersion else {
            throw ONNXError(
                .unsupportedFile, "IR version \(irVersion) is newer than \(Self.newestIRVersion), the newest that is read here",
                suggestion: "convert the model for an older ONNX version")
        }
        self.irVersion = irVersion
        self.graph = graph
    }

    /// The version of an operator set, or nil where the file does not import it.
    public func opsetVersion(_ domain: String) -> Int? {
        let wanted = domain == "ai.onnx" ? "" : domain
        return opsets.last { $0.domain == wanted }?.version
    }

    /// The file's bytes; equal models give equal bytes.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.integer(1, Int64(irVersion))
        writer.stringIfPresent(2, producerName)
        writer.stringIfPresent(3, producerVersion)
        writer.stringIfPresent(4, domain)
        if modelVersion != 0 { writer.integer(5, Int64(modelVersion)) }
        writer.stringIfPresent(6, documentation)
        writer.message(7) { graph.encode(into: &$0) }
        for opset in opsets {
            writer.message(8) {
                $0.stringIfPresent(1, opset.domain)
                $0.integer(2, Int64(opset.version))
            }
        }
        for (key, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            writer.message(14) {
                $0.string(1, key)
                $0.string(2, value)
            }
        }
        for field in kept { writer.kept(field) }
        return writer.bytes
    }

    private static func opset(_ bytes: ArraySlice<UInt8>) throws -> Opset {
        var domain = ""
        var version = 0
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): domain = try reader.string()
                case (2, .varint): version = Int(truncatingIfNeeded: try reader.varint())
                default: try reader.skip(field.kind)
                }
            }
        }
        return Opset(domain: domain, version: version)
    }

    static func entry(_ bytes: ArraySlice<UInt8>) throws -> (key: String, value: String) {
        var key = ""
        var value = ""
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): key = try reader.string()
                case (2, .bytes): value = try reader.string()
                default: try reader.skip(field.kind)
                }
            }
        }
        return (key, value)
    }
}
