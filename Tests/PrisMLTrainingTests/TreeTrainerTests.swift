import ONNX
import Testing

@testable import PrisMLTraining

@Suite struct TreeTrainerTests {
    static let tasks: [LearningTask] = [.binary, .classes(4), .regression]

    static func parameters(_ method: TreeParameters.Method, _ task: LearningTask, columns: Int = 6) -> TreeParameters {
        switch method {
        case .gradientBoosting: TreeParameters(rounds: 20, depth: 4, learningRate: 0.3, seed: 11)
        case .randomForest: .forest(trees: 15, depth: 6, columns: columns, task: task, seed: 11)
        }
    }

    static func labels(_ task: LearningTask) -> ClassLabels { .integers((0..<Int64(max(task.classCount, 1))).map { $0 }) }

    @Test(arguments: tasks, [TreeParameters.Method.gradientBoosting, .randomForest])
    func exportedModelAnswersAsTheTrainer(task: LearningTask, method: TreeParameters.Method) throws {
        let rows = try Sample.rows(task, rows: 3000)
        let holdout = try Sample.features(rows: 700, seed: 2)
        let result = try TreeTrainer(task, Self.parameters(method, task)).train(on: rows, scoring: holdout)
        guard case .trees(let model) = result.model else { return }
        let parity = try Parity(of: model.onnx(labels: Self.labels(task)), task: task, on: holdout, trainer: result.scores)
        #expect(parity.largest < 1e-6)
        #expect(parity.rows == 700)
        #expect(result.scores.count == 700 * task.scoreCount)
        #expect(Set(result.scores).count > 50)
    }

    /// Beside each column stands its negative: both divide the rows alike, so that the last bit of a sum decides between them.
    @Test(arguments: tasks, [TreeParameters.Method.gradientBoosting, .randomForest])
    func anyNumberOfThreadsGivesTheSameBytes(task: LearningTask, method: TreeParameters.Method) throws {
        let rows = try Sample.mirrored(Sample.rows(task, rows: 6000, missing: 0))
        let files = try [1, 2, 3, 7].map { threads in
            var parameters = Self.parameters(method, task)
            parameters.threads = threads
            parameters.subsample = 0.7
            parameters.columnsPerNode = 0.6
            parameters.columnsPerTree = 0.9
            let result = try TreeTrainer(task, parameters).train(on: rows)
            guard case .trees(let model) = result.model else { return [UInt8]() }
            return try model.onnx(labels: Self.labels(task)).encoded()
        }
        #expect(files[0].count > 1000)
        for file in files.dropFirst() { #expect(file == files[0]) }
    }
}
