/// A model that ONNX Runtime runs.
///
/// ONNX Runtime allows any number of runs of one session at the same time.
final class RuntimeSession: @unchecked Sendable {
    let library: RuntimeLibrary
    // Never changed after `init`.
    private let handle: OpaquePointer
    private let inputNames: CStringArray
    private let outputNames: CStringArray
    private let allocator: OpaquePointer

    /// One environment serves all sessions of a process, for as long as it lives.
    private static let environment = Deferred { Environment(handle: try RuntimeLibrary.shared.table.makeEnvironment()) }

    private struct Environment: @unchecked Sendable {
        let handle: OpaquePointer
    }

    init(_ model: [UInt8], inputs: [String], outputs: [String], threads: Int) throws {
        library = try RuntimeLibrary.shared
        let table = library.table
        allocator = try table.defaultAllocator()
        let options = try table.makeOptions(threads: threads)
        defer { table.releaseOptions(options) }
        let environment = try Self.environment.value.handle
        handle = try model.withUnsafeBytes { try table.makeSession(environment, $0, options) }
        inputNames = CStringArray(inputs)
        outputNames = CStringArray(outputs)
    }

    deinit {
        library.table.releaseSession(handle)
    }

    func run(_ inputs: [ONNXValue]) throws -> [ONNXValue] {
        let table = library.table
        var given: [OpaquePointer?] = []
        var found = [OpaquePointer?](repeating: nil, count: max(outputNames.count, 1))
        defer { for value in given + found { if let value { table.releaseValue(value) } } }
        for input in inputs { given.append(try make(input)) }
        if given.isEmpty { given.append(nil) }
        try table.run(
            handle, inputNames: inputNames.pointer, inputs: given, inputCount: inputs.count, outputNames: outputNames.pointer,
            outputs: &found,
            outputCount: outputNames.count)
        return try found.prefix(outputNames.count).map { value in
            guard let value else {
                throw ONNXError(.runtimeFailed, "ONNX Runtime gave no value for an output", suggestion: "check the model")
            }
            return try read(value)
        }
    }

    /// Runs a model of one float matrix; gives the numbers of one of its outputs. This is as little as a run through the interface can cost.
    func run(rows: UnsafeMutableBufferPointer<Float>, shape: [Int64], output: Int, into scores: UnsafeMutableBufferPointer<Float>) throws {
        let table = library.table
        var value: OpaquePointer? = try table.makeTensor(Self.memory.value.handle, over: UnsafeMutableRawBufferPointer(rows), shape, .float)
        defer { if let value { table.releaseValue(value) } }
        try withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: outputNames.count) { found in
            found.initialize(repeating: nil)
            guard let start = found.baseAddress, found.indices.contains(output) else { return }
            defer { for value in found { if let value { table.releaseValue(value) } } }
            try table.run(
                handle, inputNames: inputNames.pointer, inputs: &value, inputCount: 1, outputNames: outputNames.pointer, outputs: start,
                outputCount: outputNames.count)
            guard let wanted = found[output], let data = try table.data(wanted), let target = scores.baseAddress else { return }
            UnsafeMutableRawPointer(target).copyMemory(from: data, byteCount: scores.count * MemoryLayout<Float>.size)
        }
    }

    private static let memory = Deferred { Environment(handle: try RuntimeLibrary.shared.table.makeMemoryInfo()) }

    // MARK: Values

    private func make(_ value: ONNXValue) throws -> OpaquePointer {
        switch value {
        case .tensor(let tensor): return try make(tensor)
        case .sequence(let values): return try make(values.map { try make($0) }, kind: 2)
        case .map(let keys, let values): return try make([try make(keys), try make(values)], kind: 3)
        }
    }

    private func make(_ parts: [OpaquePointer], kind: Int32) throws -> OpaquePointer {
        defer { parts.forEach(library.table.releaseValue) }
        return try library.table.makeValue(parts, kind: kind)
    }

    private func make(_ tensor: Tensor) throws -> OpaquePointer {
        let value = try library.table.makeTensor(allocator, tensor.shape.map { Int64($0) }, tensor.elementType)
        do {
            if case .string(let texts) = tensor.elements {
                let names = CStringArray(texts)
                try library.table.fill(value, Array(UnsafeBufferPointer(start: names.pointer, count: names.count)))
            } else if tensor.count > 0, let data = try library.table.data(value) {
                let bytes = tensor.littleEndianBytes()
                bytes.withUnsafeBytes { if let source = $0.baseAddress { data.copyMemory(from: source, byteCount: bytes.count) } }
            }
        } catch {
            library.table.releaseValue(value)
            throw error
        }
        return value
    }

    private func read(_ value: OpaquePointer) throws -> ONNXValue {
        let table = library.table
        switch try table.kind(value) {
        case 1: return .tensor(try readTensor(value))
        case 2:
            return .sequence(
                try (0..<(try table.partCount(value))).map { index in
                    let part = try table.part(value, index, allocator)
                    defer { table.releaseValue(part) }
                    return try read(part)
                })
        case 3:
            let (keys, values) = (try table.part(value, 0, allocator), try table.part(value, 1, allocator))
            defer { [keys, values].forEach(table.releaseValue) }
            return .map(keys: try readTensor(keys), values: try readTensor(values))
        case let kind:
            throw ONNXError(
                .runtimeFailed, "an output is of kind \(kind), which is not read here", suggestion: "give the graph another output")
        }
    }

    private func readTensor(_ value: OpaquePointer) throws -> Tensor {
        let (number, dimensions) = try library.table.shape(value)
        let shape = dimensions.map { Int($0) }
        guard let type = ElementType(rawValue: number), let count = Tensor.count(of: shape) else {
            throw ONNXError(
                .runtimeFailed, "an output has element type \(number), which is not read here", suggestion: "cast it in the model")
        }
        guard let size = type.byteCount else {
            let (bytes, starts) = try library.table.texts(value, count: count)
            let texts = starts.indices.map { index in
                String(decoding: bytes[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : bytes.count)], as: UTF8.self)
            }
            return Tensor(unchecked: shape, .string(texts))
        }
        guard count > 0, let data = try library.table.data(value) else { return Tensor(unchecked: shape, .empty(type)) }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: data, count: count * size))
        return Tensor(unchecked: shape, Tensor.Elements(type, littleEndian: bytes[...]))
    }
}

/// Texts as C has them, for as long as this lives.
private final class CStringArray: @unchecked Sendable {
    // Written in `init` only.
    let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>
    let count: Int
    private let storage: UnsafeMutablePointer<CChar>

    init(_ texts: [String]) {
        count = texts.count
        pointer = .allocate(capacity: max(texts.count, 1))
        pointer.initialize(repeating: nil, count: max(texts.count, 1))
        let size = texts.reduce(1) { $0 + $1.utf8.count + 1 }
        storage = .allocate(capacity: size)
        storage.initialize(repeating: 0, count: size)
        var offset = 0
        for (index, text) in texts.enumerated() {
            pointer[index] = UnsafePointer(storage + offset)
            for byte in text.utf8 {
                storage[offset] = CChar(bitPattern: byte)
                offset += 1
            }
            offset += 1
        }
    }

    deinit {
        pointer.deallocate()
        storage.deallocate()
    }
}
