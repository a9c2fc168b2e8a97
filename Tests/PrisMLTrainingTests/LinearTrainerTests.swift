import Foundation
import ONNX
import Testing

@testable import PrisMLTraining

@Suite struct LinearTrainerTests {
    struct Fixture: Decodable {
        struct Case: Decodable {
            var task: String
            var l2: Double
            var labels: [Float]
            var weights: [Float]?
            var coefficients: [[Double]]
            var intercepts: [Double]
        }
        var columns: Int
        var rows: [Float]
        var cases: [Case]
    }

    /// What scikit-learn fits, `scripts/make-linear-fixtures` wrote down.
    @Test func coefficientsAreThoseOfScikitLearn() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/linear.json")
        let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
        let features = try FeatureMatrix(names: (0..<fixture.columns).map { "f\($0)" }, values: fixture.rows)
        #expect(fixture.cases.count == 18)
        for fixture in fixture.cases {
            let task: LearningTask = fixture.task == "binary" ? .binary : fixture.task == "regression" ? .regression : .classes(3)
            let rows = try LabelledRows(features, labels: fixture.labels, weights: fixture.weights)
            let result = try LinearTrainer(task, LinearParameters(l2: fixture.l2)).train(on: rows)
            guard case .linear(let model) = result.model else { continue }
            let unit = fixture.coefficients.flatMap { $0 }.map(abs).max() ?? 1
            for (own, wanted) in zip(model.coefficients, fixture.coefficients) {
                // The columns are 32-bit numbers here and 64-bit ones there.
                for (own, wanted) in zip(own, wanted) { #expect(abs(own - wanted) < 1e-4 * unit, "\(fixture.task) \(fixture.l2)") }
            }
            for (own, wanted) in zip(model.intercepts, fixture.intercepts) { #expect(abs(own - wanted) < 1e-4 * max(unit, abs(wanted))) }
            #expect(model.hasConverged)
            #expect(model.coefficients.allSatisfy { $0[4] == 0 })
        }
    }

    @Test(arguments: [LearningTask.binary, .classes(4), .regression])
    func exportedModelAnswersAsTheTrainerAlsoForMissingValues(task: LearningTask) throws {
        let rows = try Sample.rows(task, rows: 2000)
        let holdout = try Sample.features(rows: 500, missing: 0.3, seed: 2)
        let request = TrainingRequest(task, by: .linear(LinearParameters()), on: rows, scoring: holdout)
        let result = try request.run()
        let parity = try Parity(of: result.model.onnx(), task: task, on: holdout, trainer: result.scores)
        #expect(try #require(parity.largest) < 1e-6)
        #expect(Set(result.scores).count > 100)
        #expect(try request.run() == result)
    }

    @Test func columnsWithoutANumberAndColumnsWithOneAreLeftAlone() throws {
        let values = (0..<50).flatMap { [Float($0), .nan, 1e9] }
        let features = try FeatureMatrix(names: ["x", "empty", "constant"], values: values)
        let rows = try LabelledRows(features, labels: (0..<50).map { $0 < 20 ? 0 : 1 })
        guard case .linear(let model) = try LinearTrainer(.binary, LinearParameters()).train(on: rows).model else { return }
        #expect(model.coefficients[0][0] > 0)
        #expect(Array(model.coefficients[0][1...]) == [0, 0])
    }

    @Test(arguments: [(2, true), (1000, false)]) func aFitThatDidNotArriveIsWarnedAbout(iterations: Int, isWarned: Bool) throws {
        let rows = try Sample.rows(.binary, rows: 200)
        let result = try LinearTrainer(.binary, LinearParameters(iterations: iterations)).train(on: rows)
        #expect((result.model.warning?.hasPrefix("the linear fit ended at its last permitted step") == true) == isWarned)
    }
}
