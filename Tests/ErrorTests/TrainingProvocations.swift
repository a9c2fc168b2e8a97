import Foundation
import ONNX
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport

private func leaving(_ shop: Shop, _ algorithm: Algorithm = .gradientBoostedTrees(rounds: 3, depth: 2)) -> Predictor<User, Bool> {
    Predictor("leaving", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
        .algorithm(algorithm).stored(in: shop.folder.file("models"))
}

private func fill(_ shop: Shop) async throws {
    try await shop.prisma.user.createMany((1...100).map { .init(email: "u\($0)", visits: $0 % 20, isChurned: $0 % 20 < 8) })
}

/// A program in Python's place, that answers one request after the other with the bytes of a file each.
private func python(_ answers: [[UInt8]], in folder: TemporaryFolder) throws -> TrainerChoice {
    for (index, answer) in answers.enumerated() { try Data(answer).write(to: URL(filePath: folder.file("answer\(index)"))) }
    let program = """
        #!/bin/sh
        cat >/dev/null
        here=\(folder.path)
        count=$(ls "$here" | grep -c asked)
        : >"$here/asked$count"
        cat "$here/answer$count"
        """
    try program.write(toFile: folder.file("python3"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("python3"))
    return TrainerChoice(.python, environment: PythonEnvironment(named: folder.file("python3")))
}

/// An answer as `train.py` writes it: a length, a header, and what the header names.
private func answer(_ header: String, _ parts: [UInt8]...) -> [UInt8] {
    let text = "{\(header), \"sizes\": [\(parts.map { "\($0.count)" }.joined(separator: ", "))]}"
    let length = withUnsafeBytes(of: Int64(text.utf8.count).littleEndian, Array.init)
    return length + Array(text.utf8) + parts.flatMap(\.self)
}

private let versions = answer(
    #""kind": "versions", "versions": {"numpy": "2.0", "scikit-learn": "1.6", "onnx": "1.17", "skl2onnx": "1.18"}"#)

private let checked = answer(#""kind": "checked""#)

private func trees(_ shop: Shop, with choice: TrainerChoice) async throws {
    let predictor = leaving(shop, .scikitLearn("sklearn.ensemble.ExtraTreesClassifier", parameters: [:]))
    var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
    run.trainer = choice
    _ = try await run.run()
}

let trainingProvocations: [Provocation] = [
    .inShop("invalidData", "labels that are all the same") { shop in
        try await fill(shop)
        try await shop.prisma.user.updateMany { $0.isChurned = true }
        try await shop.train(leaving(shop))
    },
    .inShop("invalidData", "no row with a label") { shop in
        try await shop.prisma.user.updateMany { $0.isChurned = nil }
        try await shop.train(leaving(shop))
    },
    .inShop("invalidParameter", "a trainer that cannot train the algorithm") { shop in
        try await fill(shop)
        try await trees(shop, with: TrainerChoice(.native))
    },
    .inShop("invalidData", "rows that are too few") { shop in try await shop.train(leaving(shop)) },
    .inShop("invalidSplit", "shares that leave no rows") { shop in
        try await fill(shop)
        // All rows are of one group, which is on one side.
        try await shop.train(leaving(shop).splitGrouped { $0.isActive })
    },
    .inShop("trainerMissing", "neither Docker nor a Python") { shop in
        try await fill(shop)
        try await trees(shop, with: TrainerChoice(environment: PythonEnvironment(variables: ["PATH": "/nowhere"])))
    },
    .inShop("trainerFailed", "an estimator that refuses") { shop in
        try await fill(shop)
        let refusal = answer(#""kind": "error", "message": "there is no such estimator""#)
        let folder = try TemporaryFolder()
        try await trees(shop, with: try python([versions, checked, refusal], in: folder))
    },
    // Were the rows read, they would be told to be too few.
    .inShop("trainerFailed", "an estimator that is not there, before a row is read") { shop in
        let refusal = answer(#""kind": "error", "message": "there is no such estimator""#)
        let folder = try TemporaryFolder()
        try await trees(shop, with: try python([versions, refusal], in: folder))
    },
    .inShop("locked", "two trainings of one predictor at once") { shop in
        try await fill(shop)
        let predictor = leaving(shop)
        try await TrainingLock.with("\(predictor.store.directory)/\(predictor.name)/.lock") { _ in try await shop.train(predictor) }
    },
    .init("invalidModel", "a model whose classes have too few names", on: [.sqlite]) { _ in
        let rows = try LabelledRows(FeatureMatrix(names: ["a"], values: [0, 1, 2]), labels: [0, 1, 2])
        _ = try LinearTrainer(.classes(3), LinearParameters()).train(on: rows).model.onnx(labels: .strings(["a", "b"]))
    },
    .inShop("parityFailed", "a model that answers otherwise than its trainer") { shop in
        try await fill(shop)
        try await shop.train(leaving(shop))
        let store = leaving(shop).store
        let model = try store.read("leaving", version: store.versions(of: "leaving").last ?? "").modelBytes
        // A model that is one, with the scores of another.
        let folder = try TemporaryFolder()
        let result = answer(#""kind": "result""#, model, [UInt8](repeating: 0, count: 4))
        try await trees(shop, with: try python([versions, checked, result], in: folder))
    },
]
