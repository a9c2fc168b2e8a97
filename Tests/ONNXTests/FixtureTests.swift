import Testing

@testable import ONNX

@Suite("Fixtures")
struct FixtureTests {
    @Test("the ONNX project's tests of the operators")
    func operators() throws {
        try check("operator-tests.bin", atLeast: 600)
    }

    @Test("models that scikit-learn, XGBoost and LightGBM trained give what ONNX Runtime gives")
    func convertedModels() throws {
        try check("converted-models.bin", atLeast: 70)
    }

    @Test("two classes, base values and transforms of ensembles give what ONNX Runtime gives")
    func treeCorners() throws {
        try check("tree-corners.bin", atLeast: 120)
    }

    private func check(_ file: String, atLeast count: Int) throws {
        let cases = try FixtureCase.all(in: file)
        #expect(cases.count >= count)
        for sample in cases {
            do {
                let session = try Session(contentsOf: sample.model)
                var inputs: [String: ONNXValue] = [:]
                for (name, value) in sample.inputs { inputs[name] = value }
                let found = try session.run(inputs)
                for (name, wanted) in sample.outputs {
                    let value = try #require(found[name], "\(sample.name): \(name)")
                    let difference = try value.difference(from: wanted, tolerance: sample.tolerance)
                    #expect(difference == nil, "\(sample.name): \(name)")
                }
            } catch {
                Issue.record("\(sample.name): \(error)")
            }
        }
    }
}
