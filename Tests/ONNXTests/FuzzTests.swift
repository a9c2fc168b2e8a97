import Foundation
import Testing

@testable import ONNX

/// Damaged models must be errors: never a trap, a hang, or more memory than they are worth.
///
/// The suite tries some hundreds of changes, the same ones each time. `PRISML_FUZZ_SECONDS=3600 swift test --filter FuzzTests` goes on for an hour
/// with changes that no run has tried before, and prints what it is at, so that a trap can be followed up.
@Suite("Fuzzing")
struct FuzzTests {
    @Test("damaged models are typed errors or run")
    func mutations() throws {
        let seconds = ProcessInfo.processInfo.environment["PRISML_FUZZ_SECONDS"].flatMap { Double($0) }
        let seeds = try ["converted-models.bin", "tree-corners.bin", "operator-tests.bin"].flatMap { try FixtureCase.all(in: $0) }
        let start = Date()
        var random = SeededGenerator(seed: seconds == nil ? 1 : UInt64(start.timeIntervalSince1970))
        var (tried, ran, slowest) = (0, 0, 0.0)
        while seconds.map({ Date().timeIntervalSince(start) < $0 }) ?? (tried < 1500) {
            let sample = try #require(seeds.randomElement(using: &random))
            // Large models cost most of the time and show nothing that small ones do not.
            guard seconds != nil || sample.model.count < 12_000 else { continue }
            let other = try #require(seeds.randomElement(using: &random))
            let isByBytes = Int.random(in: 0..<3, using: &random) == 0
            let model = isByBytes ? Self.damaged(sample.model, other.model, &random) : try Self.rebuilt(sample.model, &random)
            if seconds != nil { Self.leaveTrace(model, "last") }
            tried += 1
            let began = Date()
            if try run(model, sample) { ran += 1 }
            let duration = Date().timeIntervalSince(began)
            slowest = max(slowest, duration)
            if seconds != nil, duration > 0.2 {
                Self.leaveTrace(model, "slow-\(tried)")
                print("fuzz: \(sample.name), changed, took \(duration) s")
            }
            if seconds != nil, tried % 20_000 == 0 { print("fuzz: \(tried) models, \(ran) of them ran, the slowest took \(slowest) s") }
        }
        if seconds != nil { print("fuzz: done after \(tried) models, \(ran) of them ran, the slowest took \(slowest) s") }
        #expect(ran > tried / 10)
    }

    /// Whether the model could be run; what is thrown must be of the library's one type.
    private func run(_ model: [UInt8], _ sample: FixtureCase) throws -> Bool {
        do {
            let read = try ONNXModel(bytes: model)
            _ = try ONNXModel(bytes: read.encoded())
            let session = try Session(model: read, engine: .native)
            if let predictor = try? session.rowPredictor(), predictor.columnCount < 1000, predictor.outputCount < 1000 {
                try predict(predictor)
            }
            var inputs: [String: ONNXValue] = [:]
            for (info, (_, value)) in zip(session.inputs, sample.inputs) { inputs[info.name] = value }
            _ = try session.run(inputs)
            return true
        } catch {
            #expect(error is ONNXError, "\(error)")
            return false
        }
    }

    private func predict(_ predictor: RowPredictor) throws {
        var scratch = predictor.makeScratch()
        let rows = (0..<(70 * predictor.columnCount)).map { $0 % 5 == 0 ? Float.nan : Float($0 % 7) - 3 }
        var scores = [Float](repeating: 0, count: 70 * predictor.outputCount)
        try rows.withUnsafeBufferPointer { rows in
            try scores.withUnsafeMutableBufferPointer { scores in
                try predictor.predict(rows: rows, rowCount: 70, into: scores, scratch: &scratch)
                try predictor.predict(rows: rows, rowCount: 1, into: scores, scratch: &scratch)
            }
        }
    }

    /// A model in a file. The last one is what was tried when a trap ended the run; the slow ones are worth a look.
    private static func leaveTrace(_ model: [UInt8], _ name: String) {
        try? Data(model).write(to: FileManager.default.temporaryDirectory.appendingPathComponent("onnx-fuzz-\(name).onnx"))
    }

    /// A model that is well-formed and says something wrong.
    private static func rebuilt(_ bytes: [UInt8], _ random: inout SeededGenerator) throws -> [UInt8] {
        var model = try ONNXModel(bytes: bytes)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let place = model.graph.nodes.indices.randomElement(using: &random) else { break }
            let names = model.graph.nodes.flatMap { $0.inputs + $0.outputs } + model.graph.inputs.map(\.name) + [""]
            switch Int.random(in: 0..<12, using: &random) {
            case 0: model.graph.nodes.append(model.graph.nodes[place])
            case 1: model.graph.nodes.remove(at: place)
            case 2:
                guard let input = model.graph.nodes[place].inputs.indices.randomElement(using: &random) else { break }
                model.graph.nodes[place].inputs[input] = names.randomElement(using: &random) ?? ""
            case 3: model.graph.nodes[place].inputs.append(names.randomElement(using: &random) ?? "")
            case 4:
                guard let tensor = model.graph.initializers.indices.randomElement(using: &random) else { break }
                model.graph.initializers[tensor] = ONNXTensor(name: model.graph.initializers[tensor].name, try self.tensor(&random))
            case 5: model.graph.nodes[place].operation = model.graph.nodes.randomElement(using: &random)?.operation ?? ""
            default:
                guard let number = model.graph.nodes[place].attributes.indices.randomElement(using: &random) else { break }
                let attribute = model.graph.nodes[place].attributes[number]
                model.graph.nodes[place].attributes[number] = try changed(attribute, &random)
            }
        }
        return model.encoded()
    }

    private static let integers: [Int64] = [0, 1, 2, -1, -2, 3, 5, 100, 1 << 20, 1 << 31, 1 << 32, 1 << 40, .max, .min, .max - 1]
    private static let numbers: [Float] = [
        0, -0.0, 1, -1, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e9,
    ]

    private static func changed(_ attribute: ONNXAttribute, _ random: inout SeededGenerator) throws -> ONNXAttribute {
        switch attribute.kind {
        case .int: return ONNXAttribute(attribute.name, integers.randomElement(using: &random) ?? 0)
        case .float: return ONNXAttribute(attribute.name, numbers.randomElement(using: &random) ?? 0)
        case .string:
            return ONNXAttribute(
                attribute.name, ["SUM", "MAX", "SOFTMAX", "", "RBF", "LOGISTIC", "L1"].randomElement(using: &random) ?? "")
        case .tensor: return ONNXAttribute(attribute.name, try tensor(&random))
        case .ints:
            var values = try attribute.ints()
            change(&values, integers, &random)
            return ONNXAttribute(attribute.name, values)
        case .floats:
            var values = try attribute.floats()
            change(&values, numbers, &random)
            return ONNXAttribute(attribute.name, values)
        case .strings:
            var values = try attribute.strings()
            change(&values, ["", "LEAF", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_GT", "a"], &random)
            return ONNXAttribute(attribute.name, values)
        default: return attribute
        }
    }

    private static func change<Value>(_ values: inout [Value], _ edges: [Value], _ random: inout SeededGenerator) {
        guard let place = values.indices.randomElement(using: &random), let edge = edges.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: values.remove(at: place)
        case 1: values.insert(edge, at: place)
        case 2: values[place] = values.randomElement(using: &random) ?? edge
        case 3: values = Array(values.shuffled(using: &random))
        default: values[place] = edge
        }
    }

    private static func tensor(_ random: inout SeededGenerator) throws -> Tensor {
        let shape = [[], [0], [1], [2], [3], [2, 3], [1, 0], [1, 1, 1], [6]].randomElement(using: &random) ?? []
        let count = shape.reduce(1, *)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return try Tensor(shape, (0..<count).map { _ in integers.randomElement(using: &random) ?? 0 })
        case 1: return try Tensor(shape, (0..<count).map { _ in Double(numbers.randomElement(using: &random) ?? 0) })
        case 2: return try Tensor(shape, [String](repeating: "x", count: count))
        case 3: return try Tensor(shape, [Bool](repeating: true, count: count))
        case 4: return try Tensor(shape, (0..<count).map { Int32($0) })
        default: return try Tensor(shape, (0..<count).map { _ in numbers.randomElement(using: &random) ?? 0 })
        }
    }

    private static func damaged(_ model: [UInt8], _ other: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = model
        let edges: [UInt8] = [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, 0x0A, 0x12, 0x1A, 0x22, 0x3A]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = edges.randomElement(using: &random) ?? 0
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 3: bytes.remove(at: place)
            case 4: bytes.insert(edges.randomElement(using: &random) ?? 0, at: place)
            case 5: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<64, using: &random)))
            case 6:
                // A large number in place of a small one: lengths, indices and dimensions are all of this form.
                bytes.replaceSubrange(place..<place, with: [UInt8](repeating: 0xFF, count: Int.random(in: 1...9, using: &random)) + [0x01])
            default:
                let start = Int.random(in: other.indices, using: &random)
                let part = other[start..<min(other.count, start + Int.random(in: 1...40, using: &random))]
                bytes.replaceSubrange(place..<min(bytes.count, place + part.count), with: part)
            }
        }
        return bytes
    }
}
