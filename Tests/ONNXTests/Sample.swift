import ONNX

/// Small models that several suites use.
enum Sample {
    /// x0 < 0.5 (missing goes yes) → -1, else x1 <= 2 → 0.25, else 1.5.
    static let tree = EnsembleTree([
        .branch(feature: 0, mode: .less, threshold: 0.5, missingGoesYes: true, yes: 1, no: 2),
        .leaf([(0, -1)]),
        .branch(feature: 1, mode: .lessOrEqual, threshold: 2, missingGoesYes: false, yes: 3, no: 4),
        .leaf([(0, 0.25)]),
        .leaf([(0, 1.5)]),
    ])

    static func classifier() throws -> ONNXModel {
        try PipelineBuilder(columns: 2).classifier([tree], labels: .integers([0, 1]), transform: .logistic, baseValues: [0.125])
    }

    static let tensors: [Tensor] = {
        let all: [(shape: [Int], elements: Tensor.Elements)] = [
            ([2, 2], .float([1, -0.5, .infinity, .leastNonzeroMagnitude])), ([1], .double([.pi])), ([3], .int64([.min, 0, .max])),
            ([2], .int32([.min, .max])),
            ([2], .int16([.min, .max])), ([2], .int8([.min, .max])), ([1], .uint64([.max])), ([1], .uint32([.max])), ([1], .uint16([.max])),
            ([0, 5], .uint8([])), ([2], .bool([true, false])), ([2], .string(["", "ü"])), ([], .float([7])), ([1], .float16([0x3C00])),
        ]
        return all.compactMap { try? Tensor($0.shape, elements: $0.elements) }
    }()
}
