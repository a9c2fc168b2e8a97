import Foundation
import ONNX
import PrisML
import TestSupport
import Testing

@testable import PrisMLTraining

/// A Python with scikit-learn and skl2onnx, if there is one here: `PRISML_PYTHON` names it.
enum RealPython {
    static func trainer() async throws -> PythonTrainer {
        try await PythonEnvironment(named: ProcessInfo.processInfo.environment["PRISML_PYTHON"]).find().trainer
    }

    @Sendable static func isHere() async -> Bool { (try? await trainer()) != nil }
}

/// Trainings by a real Python.
@Suite(.enabled("no Python has scikit-learn and skl2onnx", RealPython.isHere), .serialized) struct PythonTrainerTests {

    static let estimators: [(LearningTask, String, String)] = [
        (.binary, "sklearn.ensemble.ExtraTreesClassifier", #"{"n_estimators": 10, "max_depth": 6}"#),
        (.binary, "sklearn.ensemble.GradientBoostingClassifier", #"{"n_estimators": 20}"#),
        (.binary, "sklearn.ensemble.HistGradientBoostingClassifier", #"{"max_iter": 20}"#),
        (.binary, "sklearn.linear_model.LogisticRegression", "{}"),
        (.binary, "xgboost.XGBClassifier", #"{"n_estimators": 20, "max_depth": 3}"#),
        (.classes(3), "sklearn.ensemble.ExtraTreesClassifier", #"{"n_estimators": 10}"#),
        (.classes(3), "sklearn.ensemble.HistGradientBoostingClassifier", #"{"max_iter": 10}"#),
        (.classes(3), "sklearn.linear_model.LogisticRegression", "{}"),
        (.regression, "sklearn.ensemble.RandomForestRegressor", #"{"n_estimators": 10}"#),
        (.regression, "sklearn.ensemble.HistGradientBoostingRegressor", #"{"max_iter": 20}"#),
        (.regression, "sklearn.linear_model.Ridge", #"{"alpha": 2}"#),
        (.regression, "xgboost.XGBRegressor", #"{"n_estimators": 20, "max_depth": 3}"#),
    ]

    /// Our evaluator answers what scikit-learn answers, on rows with holes too.
    @Test(arguments: estimators)
    func exportedModelAnswersAsPython(task: LearningTask, name: String, parameters: String) async throws {
        let rows = try Sample.rows(task, rows: 600)
        let holdout = try Sample.features(rows: 300, missing: 0.2, seed: 4)
        let algorithm = TrainingAlgorithm.python(PythonAlgorithm(.estimator(name, parameters: parameters), seed: 3))
        let request = TrainingRequest(task, by: algorithm, on: rows, scoring: holdout)
        let result = try await request.train(with: try await RealPython.trainer())
        #expect(result.scores.count == 300 * task.scoreCount)
        let parity = try Parity(of: result.model.onnx(), task: task, on: holdout, trainer: result.scores)
        #expect(try #require(parity.largest) < 1e-5, "\(name)")
        #expect(try Session(model: result.model.onnx()).rowPredictor().columnCount == 6)
        let best = result.model.importances().first
        #expect(best?.feature == "f0")
        guard case .foreign(let model) = result.model else { return }
        #expect(model.versions["scikit-learn"] != nil)
    }

    static let graphs: [(LearningTask, String, String)] = [
        (.binary, "sklearn.neural_network.MLPClassifier", #"{"hidden_layer_sizes": [8], "max_iter": 60}"#),
        (.classes(3), "sklearn.neural_network.MLPClassifier", #"{"hidden_layer_sizes": [8, 4], "max_iter": 60}"#),
        (.regression, "sklearn.neural_network.MLPRegressor", #"{"hidden_layer_sizes": [8], "max_iter": 60}"#),
        (.binary, "sklearn.svm.SVC", "{}"), (.classes(3), "sklearn.svm.SVC", "{}"), (.regression, "sklearn.svm.SVR", "{}"),
        (.binary, "sklearn.ensemble.AdaBoostClassifier", #"{"n_estimators": 10}"#),
        (.classes(3), "sklearn.ensemble.AdaBoostClassifier", #"{"n_estimators": 10}"#),
        (.binary, "sklearn.ensemble.BaggingClassifier", #"{"n_estimators": 5}"#),
        (.binary, "sklearn.naive_bayes.GaussianNB", "{}"),
        (.binary, "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis", "{}"),
    ]

    /// Estimators whose files are no chain of steps for rows are served as whole graphs, with the same answers.
    @Test(arguments: graphs)
    func anyGraphAnswersAsPython(task: LearningTask, name: String, parameters: String) async throws {
        let rows = try Sample.rows(task, rows: 400)
        let holdout = try Sample.features(rows: 100, missing: 0.2, seed: 4)
        let algorithm = TrainingAlgorithm.python(PythonAlgorithm(.estimator(name, parameters: parameters), seed: 3))
        let result = try await TrainingRequest(task, by: algorithm, on: rows, scoring: holdout).train(
            with: try await RealPython.trainer())
        let model = try result.model.onnx()
        let parity = try Parity(of: model, task: task, on: holdout, trainer: result.scores)
        #expect(try #require(parity.largest) < 1e-5, "\(name)")
        // As it is served: row by row, too.
        let served = try ScoringModel(Session(model: model), columns: 6, isClassifier: task != .regression)
        let all = try served.scores(holdout.values)
        let alone = try (0..<5).flatMap { try served.scores(Array(holdout.values[$0 * 6..<$0 * 6 + 6])) }
        #expect(alone.count == served.outputCount * 5)
        #expect(zip(alone, all).allSatisfy { ($0 - $1).magnitude <= 1e-5 * max(1, $1.magnitude) })
    }

    @Test func theSameSeedGivesTheSameBytes() async throws {
        let trainer = try await RealPython.trainer()
        let algorithm = PythonAlgorithm(.estimator("sklearn.ensemble.ExtraTreesClassifier", parameters: #"{"n_estimators": 5}"#), seed: 7)
        let request = TrainingRequest(.binary, by: .python(algorithm), on: try Sample.rows(.binary, rows: 300))
        #expect(try await trainer.train(request, algorithm) == trainer.train(request, algorithm))
    }

    @Test func nativeAlgorithmsHaveANearestOne() async throws {
        let trainer = try await RealPython.trainer()
        let features = try Sample.features(rows: 300, seed: 4)
        let algorithms: [TrainingAlgorithm] = [
            .trees(TreeParameters(rounds: 30, depth: 3)), .trees(.forest(trees: 20, depth: 6, columns: 6, task: .binary)),
            .linear(LinearParameters()),
        ]
        for algorithm in algorithms {
            let request = TrainingRequest(.binary, by: algorithm, on: try Sample.rows(.binary, rows: 800), scoring: features)
            let (here, there) = (try request.run(), try await request.train(with: trainer))
            let agreeing = zip(here.scores, there.scores).count { ($0 > 0.5) == ($1 > 0.5) }
            #expect(agreeing > 250)
        }
    }

    @Test(arguments: [
        ("sklearn.ensemble.NoSuchThing", "{}", "there is no estimator 'sklearn.ensemble.NoSuchThing'"),
        ("os.path.join", "{}", "cannot be made without parameters"),
        (
            "sklearn.ensemble.ExtraTreesClassifier", #"{"n_trees": 5, "depth": 2}"#,
            "'sklearn.ensemble.ExtraTreesClassifier' has no parameter depth, n_trees; it has bootstrap"
        ),
        ("sklearn.ensemble.ExtraTreesClassifier", #"{"n_estimators": -5}"#, "n_estimators"),
        ("sklearn.svm.LinearSVC", "{}", "gives no probabilities"),
    ])
    func mistakesAreExplained(name: String, parameters: String, message: String) async throws {
        let trainer = try await RealPython.trainer()
        let algorithm = PythonAlgorithm(.estimator(name, parameters: parameters))
        let rows = try Sample.rows(.binary, rows: 50)
        let request = TrainingRequest(.binary, by: .python(algorithm), on: rows, scoring: rows.features)
        let error = await #expect(throws: TrainingError.self) { try await request.train(with: trainer) }
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        #expect(!(error?.message.contains("Traceback") ?? true))
    }

    /// What is wrong is told without rows.
    static let checks: [(task: LearningTask, name: String, parameters: String, message: String?)] = [
        (.binary, "sklearn.ensemble.ExtraTreesClassifier", #"{"n_estimators": 5}"#, nil),
        (.binary, "sklearn.svm.SVC", "{}", nil), (.regression, "sklearn.linear_model.Ridge", "{}", nil),
        (.binary, "sklearn.ensemble.NoSuchThing", "{}", "there is no estimator 'sklearn.ensemble.NoSuchThing'"),
        (.binary, "sklearn.ensemble.ExtraTreesClassifier", #"{"n_trees": 5}"#, "has no parameter n_trees"),
        (.binary, "sklearn.ensemble.ExtraTreesClassifier", #"{"n_estimators": -5}"#, "n_estimators"),
        (.binary, "sklearn.svm.LinearSVC", "{}", "gives no probabilities"),
        (.binary, "sklearn.linear_model.Ridge", "{}", "the label is a class, which 'sklearn.linear_model.Ridge' cannot learn"),
        (.regression, "sklearn.svm.SVC", "{}", "the label is a number, which 'sklearn.svm.SVC' cannot learn"),
    ]

    @Test(arguments: checks)
    func anEstimatorIsCheckedWithoutRows(task: LearningTask, name: String, parameters: String, message: String?) async throws {
        let trainer = try await RealPython.trainer()
        let algorithm = TrainingAlgorithm.python(PythonAlgorithm(.estimator(name, parameters: parameters)))
        guard let message else { return try await trainer.check(algorithm, for: task) }
        let error = await #expect(throws: TrainingError.self) { try await trainer.check(algorithm, for: task) }
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
    }

    @Test func aScriptIsReadBeforeTheRowsAre() async throws {
        let trainer = try await RealPython.trainer()
        let script = { (text: String) in TrainingAlgorithm.python(PythonAlgorithm(.script(name: "own.py", text: text))) }
        try await trainer.check(script("def train(x, y, request): pass"), for: .binary)
        await #expect(throws: TrainingError.self) { try await trainer.check(script("def train(x"), for: .binary) }
    }

    /// Trees that Python grows for ours keep to trends, and stop when the validation rows get no better.
    @Test(arguments: [LearningTask.binary, .regression, .classes(3)])
    func boostingThereKeepsToTrendsAndStops(task: LearningTask) async throws {
        let rows = try Sample.rows(task, rows: 600, missing: 0)
        var parameters = TreeParameters(rounds: 300, depth: 3, learningRate: 0.5)
        parameters.earlyStoppingRounds = 10
        // The answer rises with the second column, and may not.
        parameters.monotone = [0, -1, 0, 0, 0, 0]
        let base = rows.features.rows([0]).values
        let steps = try FeatureMatrix(
            names: rows.features.names,
            values: stride(from: Float(-2), through: 2, by: 0.1).flatMap { step in [base[0], step] + base.dropFirst(2) })
        let request = TrainingRequest(
            task, by: .trees(parameters), on: rows, validation: try Sample.rows(task, rows: 200, missing: 0, seed: 5), scoring: steps)
        let result = try await request.train(with: try await RealPython.trainer())
        let rounds = try #require(result.model.rounds)
        #expect(rounds > 0 && rounds < 290)
        let parity = try Parity(of: result.model.onnx(), task: task, on: steps, trainer: result)
        #expect(try #require(parity.largest) < 1e-5)
        // Of several classes each one's share is their sum's, too.
        if task.scoreCount == 1 { #expect(zip(result.scores, result.scores.dropFirst()).allSatisfy { $0 >= $1 }) }
    }

    @Test func aForestThereKeepsToTrends() async throws {
        var parameters = TreeParameters.forest(trees: 20, depth: 5, columns: 6, task: .regression)
        parameters.monotone = [0, -1, 0, 0, 0, 0]
        let rows = try Sample.rows(.regression, rows: 400, missing: 0)
        let base = rows.features.rows([0]).values
        let steps = try FeatureMatrix(
            names: rows.features.names,
            values: stride(from: Float(-2), through: 2, by: 0.1).flatMap { step in [base[0], step] + base.dropFirst(2) })
        let request = TrainingRequest(.regression, by: .trees(parameters), on: rows, scoring: steps)
        let result = try await request.train(with: try await RealPython.trainer())
        #expect(zip(result.scores, result.scores.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(result.model.rounds == 20)
    }

    /// What a script gives is looked at: an estimator without probabilities, and answers that are none.
    @Test func answersOfAScriptAreProbabilities() async throws {
        let trainer = try await RealPython.trainer()
        let rows = try Sample.rows(.binary, rows: 60, missing: 0)
        for (text, message) in [
            (
                "from sklearn.svm import LinearSVC\ndef train(x, y, request): return LinearSVC().fit(x, y.astype(int))",
                "'LinearSVC' gives no probabilities"
            ),
            (
                """
                from sklearn.tree import DecisionTreeClassifier
                def train(x, y, request):
                    model = DecisionTreeClassifier(max_depth=2).fit(x, y.astype(int))
                    model.predict_proba = lambda x: DecisionTreeClassifier.predict_proba(model, x) * 3 - 1
                    return model
                """, "of 60 rows "
            ),
        ] {
            let request = TrainingRequest(
                .binary, by: .python(PythonAlgorithm(.script(name: "own.py", text: text))), on: rows, scoring: rows.features)
            let error = await #expect(throws: TrainingError.self) { try await request.train(with: trainer) }
            #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        }
    }

    /// A file is compared with what ONNX Runtime answers where that is installed, and with nothing where it is not.
    @Test func aFileIsComparedWithWhatIsThere() async throws {
        let trainer = try await RealPython.trainer()
        let rows = try Sample.rows(.binary, rows: 60, missing: 0)
        let text = """
            from sklearn.linear_model import LogisticRegression
            from skl2onnx import to_onnx
            from skl2onnx.common.data_types import FloatTensorType
            def train(x, y, request):
                model = LogisticRegression().fit(x, y.astype(int))
                made = to_onnx(model, initial_types=[("X", FloatTensorType([None, x.shape[1]]))], options={id(model): {"zipmap": False}})
                return made.SerializeToString()
            """
        let request = TrainingRequest(
            .binary, by: .python(PythonAlgorithm(.script(name: "own.py", text: text))), on: rows, scoring: rows.features)
        let result = try await request.train(with: trainer)
        #expect(result.scores.count == 60)
        let parity = try Parity(of: result.model.onnx(), task: .binary, on: rows.features, trainer: result)
        #expect(parity.holds && (parity.largest != nil) == result.scoresAreTrainers)
    }

    @Test func onesOwnScriptTrains() async throws {
        let trainer = try await RealPython.trainer()
        let text = """
            from sklearn.tree import DecisionTreeClassifier
            import numpy
            def train(x, y, request):
                print("prints do no harm")
                return DecisionTreeClassifier(max_depth=3, random_state=request["seed"]).fit(numpy.nan_to_num(x), y.astype(int))
            """
        let rows = try Sample.rows(.binary, rows: 300, missing: 0)
        let request = { (text: String) in
            TrainingRequest(.binary, by: .python(PythonAlgorithm(.script(name: "own.py", text: text))), on: rows, scoring: rows.features)
        }
        let result = try await request(text).train(with: trainer)
        #expect(try Parity(of: result.model.onnx(), task: .binary, on: rows.features, trainer: result.scores).holds)
        for (text, message) in [
            ("x = 1", "own.py has no function train"), ("def train(x, y, request): return 1 / 0", "ZeroDivisionError"),
            ("(", "SyntaxError"),
        ] {
            let error = await #expect(throws: TrainingError.self) { try await request(text).train(with: trainer) }
            #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        }
    }

    @Test func cancellingEndsIt() async throws {
        let trainer = try await RealPython.trainer()
        let script = "def train(x, y, request):\n    import time\n    time.sleep(600)"
        let rows = try Sample.rows(.binary, rows: 50)
        let request = TrainingRequest(.binary, by: .python(PythonAlgorithm(.script(name: "slow.py", text: script))), on: rows)
        let task = Task { try await request.train(with: trainer) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
