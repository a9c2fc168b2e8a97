import ONNX
import PrisML
import Testing

@testable import PrisMLTraining

/// How far answers may lie from the trainer's, row by row.
@Suite struct ParityTests {
    /// What a trainer answered for rows whose feature is the answer, and the largest distance.
    static let numbers: [(name: String, features: [Float], scores: [Float], isNear: Bool)] = [
        ("the same", [1, 2, 3], [1, 2, 3], true),
        ("a row off by a tenth, beside one a million times as large", [1, 1.1, 1_000_000], [1, 1, 1_000_000], true),
        ("a row off by a tenth, beside one ten times as large", [1, 1.1, 10], [1, 1, 10], false),
        ("a last bit of a large number", [1_000_000, 2_000_000, 3_000_000], [1_000_000.06, 2_000_000, 3_000_000], true),
        ("small numbers that differ in the third place", [0.001, 0.002, 0.003], [0.001001, 0.002, 0.003], false),
        ("one number only", [7, 7, 7], [7, 7, 7], true), ("zeros", [0, 0, 0], [0, 0, 0], true),
        ("not zero", [0, 0, 0], [0, 1e-9, 0], false), ("no number", [1, 2, 3], [1, .nan, 3], false),
    ]

    @Test(arguments: numbers)
    func `Of a number the distance is a share of the row's own`(name: String, features: [Float], scores: [Float], isNear: Bool) throws {
        let model = LinearModel(
            task: .regression, columns: ["x"], offsets: [0], scales: [1], coefficients: [[1]], intercepts: [0], hasConverged: true)
        let matrix = try FeatureMatrix(names: ["x"], values: features)
        let parity = try Parity(of: TrainedModel.linear(model).onnx(), task: .regression, on: matrix, trainer: scores)
        #expect(parity.holds == isNear, "\(name): \(parity)")
        if isNear { try parity.require() } else { #expect(throws: TrainingError.self) { try parity.require() } }
    }

    /// Scores that are the model's own compare with nothing.
    @Test func `Where the trainer gave no scores nothing was compared`() throws {
        let rows = try Sample.rows(.binary, rows: 60)
        var result = try LinearTrainer(.binary, LinearParameters()).train(on: rows, scoring: rows.features)
        #expect(try Parity(of: result.model.onnx(), task: .binary, on: rows.features, trainer: result).largest != nil)
        result.scoresAreTrainers = false
        let parity = try Parity(of: result.model.onnx(), task: .binary, on: rows.features, trainer: result)
        #expect(parity.largest == nil && parity.holds)
    }

    @Test(arguments: [
        (LearningTask.binary, [0, 0.5, 1, 1.000_001] as [Float], nil), (.binary, [0, -0.5, 1.5, .nan], "of 4 rows 3 have answers"),
        (.classes(3), [0, 0, 1, 0.5, 2, 0.5], "of 2 rows 1 have answers"), (.regression, [-5, 700], nil),
    ])
    func `What a classifier gives are probabilities`(task: LearningTask, scores: [Float], message: String?) {
        do {
            try task.requireProbabilities(scores)
            #expect(message == nil)
        } catch {
            let error = error as? TrainingError
            #expect(error?.code == .invalidModel)
            #expect(message.map { error?.message.hasPrefix($0) == true } == true, "\(error.map(String.init(describing:)) ?? "")")
        }
    }
}
