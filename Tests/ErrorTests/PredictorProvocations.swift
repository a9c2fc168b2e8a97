import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport

/// Who leaves, from a customer's own columns.
private func leaving(_ shop: Shop) -> Predictor<User, Bool> {
    Predictor("leaving", on: User.self, predicting: \.isChurned) { user in
        Feature("visits", user.visits)
        Feature("plan", user.plan)
    }
    .algorithm(.gradientBoostedTrees(rounds: 3, depth: 2)).stored(in: shop.folder.file("models"))
}

/// The same with a feature of another table.
private func leavingByOrders(_ shop: Shop) -> Predictor<User, Bool> {
    Predictor("leaving", on: User.self, predicting: \.isChurned) { user in
        Feature("visits", user.visits)
        Feature("orders", user.orders.count)
    }
    .algorithm(.gradientBoostedTrees(rounds: 3, depth: 2)).stored(in: shop.folder.file("models"))
}

extension Shop {
    /// A hundred customers, of whom those who come seldom leave.
    fileprivate func fill() async throws {
        try await prisma.user.createMany((1...100).map { .init(email: "u\($0)", visits: $0 % 20, isChurned: $0 % 20 < 8) })
    }

    func train<Label>(_ predictor: Predictor<User, Label>) async throws {
        _ = try await TrainingRun(predictor.definition, engine: prisma.engine, store: predictor.store).run()
    }

    /// The path of a file of the newest artifact.
    fileprivate func file(_ name: String, of predictor: Predictor<User, Bool>) throws -> String {
        let version = predictor.store.versions(of: predictor.name).last ?? ""
        return "\(predictor.store.directory)/\(predictor.name)/\(version)/\(name)"
    }
}

extension Provocation {
    /// With a hundred customers and what was trained on them.
    fileprivate static func trained(
        _ code: String, _ situation: String, _ provoke: @escaping @Sendable (Shop, Predictor<User, Bool>) async throws -> Void
    ) -> Provocation {
        Provocation(code, situation) { dialect in
            let shop = try await Shop.make(dialect)
            try await shop.fill()
            let predictor = leaving(shop)
            try await shop.train(predictor)
            try await provoke(shop, predictor)
        }
    }
}

let predictorProvocations: [Provocation] = [
    .inShop("ML001", "two features of one name, and one that reads the label") { shop in
        try await shop.train(
            Predictor("bad", on: User.self, predicting: \.isChurned) { user in
                Feature("visits", user.visits)
                Feature("visits", when(user.isChurned ?? false, then: 1, else: 0))
            }
            .stored(in: shop.folder.file("models")))
    },
    .inShop("ML002", "a predictor that was never trained") { shop in
        _ = try await shop.prisma.user.findMany(include: leaving(shop))
    },
    .trained("ML003", "features that changed since the training") { shop, _ in
        _ = try await shop.prisma.user.findMany(include: leavingByOrders(shop))
    },
    .trained("ML004", "a byte of the model that was changed") { shop, predictor in
        let path = try shop.file("model.onnx", of: predictor)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        _ = try await shop.prisma.user.findMany(include: predictor)
    },
    .trained("ML005", "an artifact of another format") { shop, predictor in
        let path = try shop.file("manifest.json", of: predictor)
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing(/"formatVersion": ?\d+/, with: "\"formatVersion\": 999")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        _ = try await shop.prisma.user.findMany(include: predictor)
    },
    .trained("ML006", "a stored value that the enum does not have") { shop, predictor in
        try await shop.script(
            shop.prisma.engine.dialect == .sqlite
                ? "UPDATE users SET plan = 'GOLD' WHERE id = 5"
                : "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT, ALTER COLUMN plan TYPE TEXT USING CASE id WHEN 5 THEN 'GOLD' ELSE plan::text END"
        )
        try await shop.train(predictor)
    },
    .trained("ML007", "a class that the label does not have") { shop, predictor in
        // As in an artifact that was made by other means than training.
        let version = predictor.store.versions(of: predictor.name).last ?? ""
        let trained = try predictor.store.read(predictor.name, version: version)
        guard case .object(var metadata) = trained.metadata else { return }
        metadata["classes"] = ["no", "maybe"]
        _ = try predictor.store.write(
            name: predictor.name, model: trained.modelBytes, metadata: .object(metadata), definition: predictor.definition,
            schema: shop.prisma.engine.schema, run: [:], report: "")
        _ = try await shop.prisma.user.findMany(include: predictor)
    },
    .trained("ML008", "a file that is gone") { shop, predictor in
        try FileManager.default.removeItem(atPath: try shop.file("model.onnx", of: predictor))
        _ = try await shop.prisma.user.findMany(include: predictor)
    },
    .inShop("ML009", "a version that nobody knows") { shop in
        try await ModelRegistry(shop.prisma.engine.database).activate("9-z", of: "leaving", by: "ann")
    },
    .inShop("ML010", "a row in hand before the predictor was loaded") { shop in
        let user = try await shop.prisma.user.findFirstOrThrow()
        _ = try leaving(shop).predict(user)
    },
    .init("ML011", "a row in hand, where the features count orders") { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.fill()
        let predictor = leavingByOrders(shop)
        try await shop.train(predictor)
        try await predictor.load(with: shop.prisma)
        _ = try predictor.predict(try await shop.prisma.user.findFirstOrThrow())
    },
    .trained("ML012", "a feature that is not given") { shop, predictor in
        try await predictor.load(with: shop.prisma)
        _ = try predictor.predict(features: ["visits": 3])
    },
    .inShop("ML013", "an arm without a share") { shop in
        _ = try Experiment("e", split: ["control": 100, "candidate": 0], on: leaving(shop))
    },
]
