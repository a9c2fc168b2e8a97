// A project's own tool, and a program that takes part in trainings, for the tests of processes.
import Foundation
import PrisML
import PrisMLCommands
import Prisma
import ShopClient

let rounds = ProcessInfo.processInfo.environment["PRISML_TEST_ROUNDS"].flatMap(Int.init) ?? 20

/// Trains for as long as a test needs.
let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
    Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
    Feature("visits", user.visits)
    Feature("plan", user.plan)
}
.algorithm(.gradientBoostedTrees(rounds: rounds, depth: 2, earlyStopping: nil))

/// Takes a while for each row.
let slow = Predictor("slow", on: User.self, predicting: \.isChurned) { user in
    Feature("visits", reading: user.visits, version: 1) { visits in
        Thread.sleep(forTimeInterval: 0.02)
        return Double(visits)
    }
}

/// Is trained by whatever `--python` names.
let foreign = Predictor("foreign", on: User.self, predicting: \.isChurned) { user in Feature("visits", user.visits) }
    .algorithm(.scikitLearn("sklearn.ensemble.ExtraTreesClassifier"))

/// Becomes a model that only ONNX Runtime can run.
let nearest = Predictor("nearest", on: User.self, predicting: \.isChurned) { user in Feature("visits", user.visits) }
    .algorithm(.scikitLearn("sklearn.neighbors.KNeighborsClassifier"))

await PrisMLTool.run(predictors: [churn, slow, foreign, nearest])
