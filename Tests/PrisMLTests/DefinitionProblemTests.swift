import PrisML
import PrisMLTraining
import Prisma
import PrismaSchema
import ShopClient
import TestSupport
import Testing

/// What is wrong with a definition is told before a row is read, all of it at once.
@Suite struct DefinitionProblemTests {
    static let visits = Feature("visits", User.columns.visits)
    static let leaving = Predictor("p", on: User.self, predicting: \.isChurned) { _ in visits }
    static let spent = Predictor("p", on: User.self, predicting: \.totalSpent) { _ in visits }
    static let plan = Predictor("p", on: User.self, predicting: \.plan) { _ in visits }
    static let mail = Predictor("p", on: User.self, predicting: \.email) { _ in visits }

    static func leaving(with feature: Feature) -> Predictor<User, Bool> {
        Predictor("p", on: User.self, predicting: \.isChurned) { _ in feature }
    }

    static let problems: [(predictor: any AnyPredictor, problem: String)] = [
        // Parameters.
        (leaving.algorithm(.gradientBoostedTrees(minimumChildWeight: -1)), "minimumChildWeight is -1.0; it must be 0 or more"),
        (leaving.algorithm(.gradientBoostedTrees(lambda: -1)), "lambda is -1.0; it must be 0 or more"),
        (leaving.algorithm(.gradientBoostedTrees(alpha: .infinity)), "alpha is inf; it must be 0 or more"),
        (leaving.algorithm(.gradientBoostedTrees(gamma: .nan)), "gamma is nan; it must be 0 or more"),
        (leaving.algorithm(.gradientBoostedTrees(earlyStopping: 0)), "earlyStopping is 0; it must be in 1...100000"),
        (leaving.algorithm(.randomForest(minimumChildWeight: -2)), "minimumChildWeight is -2.0; it must be 0 or more"),
        (leaving.algorithm(.logistic(l2: -1)), "l2 is -1.0; it must be 0 or more"),
        (leaving.split(validation: .nan, holdout: 0.2), "validation and holdout must be parts of the rows"),
        // Labels.
        (spent.algorithm(.logistic()), "the label is a number, which .logistic cannot learn: use .linear"),
        (
            spent.algorithm(.scikitLearn("sklearn.ensemble.ExtraTreesClassifier")),
            "the label is a number, which sklearn.ensemble.ExtraTreesClassifier cannot learn: use a regressor"
        ),
        (
            leaving.algorithm(.scikitLearn("sklearn.ensemble.ExtraTreesRegressor")),
            "the label is a class, which sklearn.ensemble.ExtraTreesRegressor cannot learn: use a classifier"
        ),
        // Thresholds.
        (spent.threshold(.largestF1), "a threshold decides between two classes, and the label is a number"),
        (plan.threshold(.largestF1), "a threshold decides between two classes, and the label is one of several classes"),
        (plan.threshold(.fixed(0.7)), "a threshold decides between two classes, and the label is one of several classes"),
        (
            leaving.split(validation: 0, holdout: 0.2).threshold(.largestF1),
            "the threshold with the largest F1 is chosen on the validation rows, of which the split has none"
        ),
        // Weights.
        (
            plan.classWeights(.named(["FREE": 1, "enterprise_plam": 2])),
            #"the label has no class "enterprise_plam", which has a weight; did you mean "enterprise_plan"?"#
        ),
        (
            leaving.classWeights(.named(["yes": 2])),
            #"the label has no class "yes", which has a weight: it has false, true"#
        ),
        (leaving.classWeights(.named(["true": -2])), #"the weight of the class "true" is -2.0; it must be 0 or more"#),
        // Splits.
        (leaving.splitChronologically { $0.email }, "the rows are split by a value that is neither a date nor a number"),
        // Trends.
        (
            leaving(with: Feature("v", User.columns.visits, trend: .rising)).algorithm(.logistic()),
            #"the feature "v" has a trend, to which only .gradientBoostedTrees and .randomForest keep"#
        ),
        (
            leaving(with: Feature("v", User.columns.visits, trend: .falling))
                .algorithm(.scikitLearn("sklearn.ensemble.ExtraTreesClassifier")),
            #"the feature "v" has a trend, to which only .gradientBoostedTrees and .randomForest keep"#
        ),
        // Nulls.
        (
            leaving(with: Feature("n", User.columns.name, nulls: .mean)),
            #"the feature "n" is a category, which has no mean; use nulls: .mostFrequent"#
        ),
        (
            leaving(with: Feature("n", User.columns.plan, .ordinal, nulls: .median)),
            #"the feature "n" is a category, which has no median; use nulls: .mostFrequent"#
        ),
        (leaving(with: Feature("n", User.columns.name, nulls: .constant(3))), #"the feature "n" has 3.0 for nulls, and no single column"#),
        (leaving(with: Feature("n", User.columns.name, .hashed(buckets: 8), nulls: .constant(3))), #"the feature "n" has 3.0 for nulls"#),
        (leaving(with: Feature("v", User.columns.visits, nulls: .constant(1e300))), "which is no number to train on"),
    ]

    @Test(arguments: problems) func `It is told`(predictor: any AnyPredictor, problem: String) async throws {
        let found = try Self.problems(of: predictor.definition)
        #expect(found.contains { $0.contains(problem) }, "\(found)")
    }

    static let right: [any AnyPredictor] = [
        leaving.algorithm(.linear()), plan.algorithm(.logistic()), spent.algorithm(.linear()),
        leaving.algorithm(.gradientBoostedTrees(earlyStopping: nil)),
        leaving.threshold(.largestF1), mail.threshold(.largestF1), mail.classWeights(.named(["anything": 2])),
        leaving.classWeights(.named(["true": 2])), leaving.splitChronologically { $0.createdAt },
        leaving.splitChronologically { $0.balance },
        leaving(with: Feature("n", User.columns.name, nulls: .mostFrequent)),
        leaving(with: Feature("n", User.columns.name, .ordinal, nulls: .constant(-1))),
        leaving(with: Feature("n", User.columns.name, .targetMean(smoothing: 1), nulls: .constant(0.5))),
        leaving(with: Feature("v", User.columns.visits, nulls: .median, trend: .rising)),
    ]

    @Test(arguments: right) func `What is right is let through`(predictor: any AnyPredictor) throws {
        #expect(try Self.problems(of: predictor.definition) == [])
    }

    @Test func `What only the run knows is in the same error`() async throws {
        let shop = try await Shop.make(.sqlite)
        let predictor = Self.spent.algorithm(.logistic(l2: -1))
        var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: ArtifactStore(directory: shop.folder.path))
        (run.threads, run.folds, run.limit) = (-1, 1, 0)
        let error = #expect(throws: PredictorError.self) { try run.validate() }
        for part in [".logistic cannot learn", "l2 is -1.0", "there are -1 threads", "there are 1 folds", "the limit is 0 rows"] {
            #expect(error?.message.contains(part) == true, "\(part) is missing in: \(error?.message ?? "")")
        }
    }

    /// Of several classes scikit-learn's forests keep to no trend, and ours does.
    @Test(arguments: [(TrainerKind?.none, false), (.native, false), (.python, true), (.docker, true)])
    func `A trend that the trainer cannot keep to`(kind: TrainerKind?, isRefused: Bool) async throws {
        let shop = try await Shop.make(.sqlite)
        let predictor = Predictor("p", on: User.self, predicting: \.plan) { Feature("v", $0.visits, trend: .rising) }
            .algorithm(.randomForest())
        var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: ArtifactStore(directory: shop.folder.path))
        run.trainer = TrainerChoice(kind)
        if isRefused {
            #expect(throws: PredictorError.self) { try run.validate() }
        } else {
            try run.validate()
        }
    }

    /// Of text only the rows tell which classes there are.
    @Test func `Classes of text are compared when they are read`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.prisma.user.createMany((0..<60).map { .init(email: "\($0)", name: ["a", "b", "c"][$0 % 3], visits: $0 % 3) })
        let name = Predictor("p", on: User.self, predicting: \.name) { _ in Self.visits }.stored(in: shop.folder.file("models"))
        for (predictor, message) in [
            (name.classWeights(.named(["a": 1, "d": 2])), #"the label has no class "d", which has a weight: it has a, b, c"#),
            (name.threshold(.largestF1), "a threshold decides between two classes, and the label has 3"),
        ] {
            let error = await #expect(throws: TrainingError.self) {
                _ = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
            }
            #expect(error?.code == .invalidParameter && error?.message == message)
        }
    }

    private static func problems(of definition: PredictorDefinition) throws -> [String] {
        definition.problems(in: try Schema(parsing: Shop.schemaText(.sqlite)))
    }
}
