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
        #expect(try #require(parity.largest) < 1e-6)
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

extension TreeTrainerTests {
    @Test func roundsThatBringNothingAreCutOff() throws {
        let rows = try Sample.rows(.binary, rows: 400)
        let validation = try Sample.rows(.binary, rows: 400, seed: 5)
        var parameters = TreeParameters(rounds: 300, depth: 6, learningRate: 0.5)
        parameters.earlyStoppingRounds = 5
        let result = try TreeTrainer(.binary, parameters).train(on: rows, validation: validation, scoring: validation.features)
        guard case .trees(let model) = result.model else { return }
        let best = try #require(result.losses.indices.min { result.losses[$0] < result.losses[$1] })
        #expect(model.trees.count == best + 1)
        #expect(result.losses.count == best + 6)
        #expect(try Parity(of: result.model.onnx(), task: .binary, on: validation.features, trainer: result.scores).holds)
        // The loss of the trainer's last kept round is the one that the metrics measure.
        let loss = try Evaluation(ScoredRows(.binary, labels: validation.labels, scores: result.scores), samples: 0)[.logLoss]
        #expect(abs((loss?.value ?? 0) - result.losses[best]) < 1e-5)
    }

    @Test func answersRiseWhereTheyMust() throws {
        let rows = try Sample.rows(.regression, rows: 2000, missing: 0)
        var parameters = TreeParameters(rounds: 30, depth: 5, learningRate: 0.3)
        parameters.monotone = [-1, 0, 0, 0, 0, 0]
        let steps = (0..<50).flatMap { step -> [Float] in [Float(step) / 12 - 2, 0.1, 0.2, 0.3, 0.4, 0.5] }
        let line = try FeatureMatrix(names: rows.features.names, values: steps)
        let free = try TreeTrainer(.regression, TreeParameters(rounds: 30, depth: 5, learningRate: 0.3)).train(on: rows, scoring: line)
            .scores
        let bound = try TreeTrainer(.regression, parameters).train(on: rows, scoring: line).scores
        #expect(zip(bound, bound.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(!zip(free, free.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test func rowsThatWeighNothingTeachNothing() throws {
        let rows = try Sample.rows(.binary, rows: 1000)
        let spoiled = try LabelledRows(
            rows.features, labels: rows.labels.enumerated().map { $0 % 2 == 0 ? $1 : 1 - $1 },
            weights: rows.labels.indices.map { $0 % 2 == 0 ? 1 : 0 })
        let scores = try TreeTrainer(.binary, TreeParameters(rounds: 40)).train(on: spoiled, scoring: rows.features).scores
        let own = try Evaluation(ScoredRows(.binary, labels: rows.labels, scores: scores), samples: 0)
        #expect((own[.accuracy]?.value ?? 0) > 0.85)
        #expect(rows.balancedClassWeights(classes: 2).count == 2)
        let weighted = rows.weighted(byClass: [1, 50])
        let raised = try TreeTrainer(.binary, TreeParameters(rounds: 10)).train(on: weighted, scoring: rows.features).scores
        let plain = try TreeTrainer(.binary, TreeParameters(rounds: 10)).train(on: rows, scoring: rows.features).scores
        #expect(raised.reduce(0, +) > plain.reduce(0, +) * 1.2)
    }

    @Test func anotherSeedGrowsOtherTreesAndAnEarlierTrainingChangesNothing() throws {
        let rows = try Sample.rows(.binary, rows: 600)
        var parameters = TreeParameters(rounds: 5)
        parameters.columnsPerNode = 0.5
        let first = try TreeTrainer(.binary, parameters).train(on: rows)
        parameters.seed = 99
        let other = try TreeTrainer(.binary, parameters).train(on: rows)
        parameters.seed = 0
        #expect(try TreeTrainer(.binary, parameters).train(on: rows) == first)
        #expect(first != other)
    }

    @Test func progressIsToldAndMayStop() throws {
        struct Stop: Error {}
        let rows = try Sample.rows(.binary, rows: 200)
        var rounds: [Int] = []
        #expect(throws: Stop.self) {
            try TreeTrainer(.binary, TreeParameters(rounds: 50)).train(on: rows) { progress in
                rounds.append(progress.round)
                if progress.round == 3 { throw Stop() }
            }
        }
        #expect(rounds == [1, 2, 3])
    }

    @Test func aCancelledTaskTrainsNoFurther() async throws {
        let rows = try Sample.rows(.binary, rows: 200)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try TreeTrainer(.binary, TreeParameters(rounds: 50)).train(on: rows).losses.count
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func whatCannotBeLearnedIsRefused() throws {
        let names = ["a", "b"]
        let features = try FeatureMatrix(names: names, values: [1, 2, 3, 4, 5, 6])
        let rows: [(LearningTask, [Float], [Float]?, String)] = [
            (.binary, [1, 1, 1], nil, "all 3 rows are of one class"),
            (.regression, [7, 7, 7], nil, "all 3 rows have the same label"),
            (.binary, [0, 1, 2], nil, "row 2 has the label 2.0, which is none of 2 classes"),
            (.classes(3), [0, 1, 0.5], nil, "row 2 has the label 0.5"),
            (.binary, [0, 1, 1], [0, 0, 0], "all weights are 0"),
            (.regression, [0, 1, 1e30], nil, "a label is as large as 1e+30"),
        ]
        for (task, labels, weights, message) in rows {
            let error = #expect(throws: TrainingError.self) {
                try TreeTrainer(task, TreeParameters(rounds: 2)).train(on: LabelledRows(features, labels: labels, weights: weights))
            }
            #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        }
        let none = try FeatureMatrix(names: names, values: [])
        #expect(throws: TrainingError.self) { try TreeTrainer(.binary, TreeParameters()).train(on: LabelledRows(none, labels: [])) }
        #expect(throws: TrainingError.self) { try FeatureMatrix(names: names, values: [1, .infinity]) }
        #expect(throws: TrainingError.self) { try FeatureMatrix(names: names, values: [1]) }
        #expect(throws: TrainingError.self) { try FeatureMatrix(names: [], values: []) }
        #expect(throws: TrainingError.self) { try LabelledRows(features, labels: [1]) }
        #expect(throws: TrainingError.self) { try LabelledRows(features, labels: [1, .nan, 0]) }
        #expect(throws: TrainingError.self) { try LabelledRows(features, labels: [1, 1, 0], weights: [1, -1, 1]) }
        #expect(throws: TrainingError.self) {
            try TreeTrainer(.binary, TreeParameters(rounds: 2)).train(
                on: LabelledRows(features, labels: [0, 1, 0]), scoring: FeatureMatrix(names: ["b", "a"], values: [1, 2]))
        }
    }

    @Test func everyProblemWithTheParametersIsNamedAtOnce() throws {
        var parameters = TreeParameters(rounds: 0, depth: 99, learningRate: .nan)
        parameters.subsample = 2
        parameters.l2 = -1
        parameters.monotone = [1]
        parameters.earlyStoppingRounds = 3
        let rows = try Sample.rows(.binary, rows: 10)
        let error = #expect(throws: TrainingError.self) { try TreeTrainer(.binary, parameters).train(on: rows) }
        for name in [
            "rounds is 0", "depth is 99", "learningRate is nan", "subsample is 2.0", "l2 is -1.0", "monotone is for 1 columns",
            "earlyStoppingRounds",
        ] {
            #expect(error?.message.contains(name) ?? false, "\(name)")
        }
    }

    @Test func fiveRowsAndAnEmptyColumnAreEnough() throws {
        let features = try FeatureMatrix(names: ["x", "empty"], values: [1, .nan, 2, .nan, 3, .nan, 4, .nan, 5, .nan])
        for task in Self.tasks {
            let rows = try LabelledRows(features, labels: [0, 0, 1, 1, 1])
            for method in [TreeParameters.Method.gradientBoosting, .randomForest] {
                let result = try TreeTrainer(task, Self.parameters(method, task, columns: 2)).train(on: rows, scoring: features)
                #expect(try Parity(of: result.model.onnx(), task: task, on: features, trainer: result.scores).holds)
            }
        }
    }

    @Test func theReasonOfAnErrorIsKeptWithoutItsTrace() {
        let text = "[12:00:00] ./src/data/data.cc:1104: Check failed: rows == 3 : too few\nStack trace:\n  [bt] (0) /lib/x.so\n"
        #expect(XGBoostMessage.sentence(of: text) == "Check failed: rows == 3 : too few")
        #expect(XGBoostMessage.sentence(of: "") == "it gave no reason")
        #expect(XGBoostLibrary.version.split(separator: ".").count == 3)
    }

    static let rounds: [(task: LearningTask, parameters: TreeParameters, rounds: Int)] = [
        (.regression, TreeParameters(rounds: 7, depth: 2), 7), (.classes(3), TreeParameters(rounds: 7, depth: 2), 7),
        (.binary, .forest(trees: 9, depth: 3, columns: 6, task: .binary), 9),
        (.classes(3), .forest(trees: 9, depth: 3, columns: 6, task: .classes(3)), 9),
    ]

    @Test(arguments: rounds) func roundsAreThoseOfTheModel(task: LearningTask, parameters: TreeParameters, rounds: Int) throws {
        let result = try TreeTrainer(task, parameters).train(on: Sample.rows(task, rows: 200))
        #expect(result.model.rounds == rounds)
    }

    /// Rounds that early stopping cut off are none of the model's.
    @Test func roundsThatWereCutOffAreNotCounted() throws {
        var parameters = TreeParameters(rounds: 300, depth: 4, learningRate: 0.5)
        parameters.earlyStoppingRounds = 10
        let result = try TreeTrainer(.binary, parameters).train(
            on: Sample.rows(.binary, rows: 300), validation: Sample.rows(.binary, rows: 100, seed: 8))
        let best = try #require(result.losses.indices.min { result.losses[$0] < result.losses[$1] })
        #expect(result.model.rounds == best + 1 && result.losses.count == best + 11)
    }
}
