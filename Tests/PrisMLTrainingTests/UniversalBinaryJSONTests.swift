import Testing

@testable import PrisMLTraining

@Suite struct UniversalBinaryJSONTests {
    static func model() throws -> [UInt8] {
        let rows = try Sample.rows(.binary, rows: 100)
        let matrix = try BinnedMatrix(rows.features, threads: 1)
        let booster = try Booster(on: matrix)
        try booster.set(TreeParameters(rounds: 1), groups: 1, learningRate: 0.1)
        var gradients = rows.labels.map { 0.5 - $0 }
        var hessians = gradients.map { _ in Float(1) }
        try booster.grow(on: matrix, gradients: &gradients, hessians: &hessians)
        return try booster.serialized()
    }

    /// Whatever a byte is changed to, and wherever the model ends: trees or an error, never a crash.
    @Test func damagedModelsAreRefusedOrRead() throws {
        let bytes = try Self.model()
        #expect(try DecisionTree.trees(fromXGBoost: bytes, columns: 6).count == 1)
        for end in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: TrainingError.self) { try DecisionTree.trees(fromXGBoost: Array(bytes[..<end]), columns: 6) }
        }
        var random = RandomSequence(seed: 4)
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0...random.next(below: 3) { damaged[random.next(below: UInt32(bytes.count))] = UInt8(random.next(below: 256)) }
            let trees = (try? DecisionTree.trees(fromXGBoost: damaged, columns: 6)) ?? []
            for tree in trees {
                for case .branch(let column, _, _, let low, let high, _) in tree.nodes {
                    #expect(column < 6 && tree.nodes.indices.contains(low) && tree.nodes.indices.contains(high))
                }
            }
        }
        #expect(throws: TrainingError.self) { try DecisionTree.trees(fromXGBoost: bytes, columns: 1) }
    }

    @Test func valuesAreReadAsTheFormatHasThem() throws {
        let text: [UInt8] =
            Array("{i\u{1}aS".utf8) + [UInt8(ascii: "U"), 2] + Array("hi".utf8) + Array("i\u{1}b[TFZi\u{7}]".utf8) + Array("}".utf8)
        let value = try UniversalBinaryJSON(text)
        if case .text(let word) = value["a"] { #expect(word == "hi") } else { Issue.record("no text") }
        #expect(value["b"]?.elements?.count == 4)
        #expect(throws: TrainingError.self) { try UniversalBinaryJSON([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) }
        #expect(throws: TrainingError.self) { try UniversalBinaryJSON(Array("[$d#L".utf8) + [0x7F, 255, 255, 255, 255, 255, 255, 255]) }
    }
}
