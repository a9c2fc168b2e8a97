import Foundation
import ONNX
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Models that are no chain of steps for rows, as a small neural network: the whole graph is run.
@Suite struct GraphModelTests {
    /// x → sigmoid(x·W + b) → softmax(·V), with the names that exported estimators have.
    static func network() throws -> ONNXModel {
        var graph = ONNXGraph(name: "network")
        graph.inputs = [ONNXValueInfo(name: "X", type: .tensor(.float, shape: [.named("rows"), .fixed(2)]))]
        graph.outputs = [
            ONNXValueInfo(name: "probabilities", type: .tensor(.float, shape: [.named("rows"), .fixed(2)]))
        ]
        graph.initializers = [
            ONNXTensor(name: "W", try Tensor([2, 3], [0.1, -0.2, 0.05, 0.3, 0.1, -0.4] as [Float])),
            ONNXTensor(name: "b", try Tensor([3], [0.5, -1, 0.2] as [Float])),
            ONNXTensor(name: "V", try Tensor([3, 2], [1, -1, 2, 0.5, -3, 1] as [Float])),
        ]
        graph.nodes = [
            ONNXNode("MatMul", inputs: ["X", "W"], outputs: ["product"]), ONNXNode("Add", inputs: ["product", "b"], outputs: ["sum"]),
            ONNXNode("Sigmoid", inputs: ["sum"], outputs: ["hidden"]), ONNXNode("MatMul", inputs: ["hidden", "V"], outputs: ["scores"]),
            ONNXNode("Softmax", inputs: ["scores"], outputs: ["probabilities"], attributes: [ONNXAttribute("axis", Int64(1))]),
        ]
        return ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17)])
    }

    static func probability(_ visits: Double, _ orders: Double) -> Double {
        let (w, b, v) = ([[0.1, -0.2, 0.05], [0.3, 0.1, -0.4]], [0.5, -1, 0.2], [[1, -1], [2, 0.5], [-3, 1]])
        let hidden = (0..<3).map { 1 / (1 + exp(-(visits * w[0][$0] + orders * w[1][$0] + b[$0]))) }
        let scores = (0..<2).map { output in (0..<3).reduce(0) { $0 + hidden[$1] * v[$1][output] } }
        return exp(scores[1]) / (exp(scores[0]) + exp(scores[1]))
    }

    @Test(arguments: Shop.dialects) func aNetworkAnswersInQueries(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let churn = Predictor("network", on: User.self, predicting: \.isChurned) { user in
            Feature("visits", user.visits)
            Feature("orders", user.orders.count)
        }
        .stored(in: shop.folder.file("models"))
        let encoders = churn.definition.features.map { FeatureEncoder(feature: $0.name, method: .number, null: 0).json }
        _ = try churn.store.write(
            name: "network", model: try Self.network().encoded(),
            metadata: ["encoders": .array(encoders), "classes": ["false", "true"], "threshold": 0.5], definition: churn.definition,
            schema: shop.prisma.engine.schema, run: [:], report: "")
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: { ($0.orders, churn) })
        #expect(rows.count == 60)
        for (user, orders, prediction) in rows {
            #expect((prediction.probability - Self.probability(Double(user.visits), Double(orders.count))).magnitude < 1e-6)
        }
        let middle = rows.map(\.2.probability).sorted()[30]
        #expect(
            try await shop.prisma.user.count(where: { churn($0).probability > middle }) == rows.filter { $0.2.probability > middle }.count)
        #expect(try await shop.prisma.user.findMany(where: { $0.id < 0 }, include: churn).isEmpty)
        // What is exact for trees and linear models is not to be had for others, and says so.
        let error = await #expect(throws: PredictorError.self) { try await shop.prisma.user.findMany(include: churn.explained) }
        #expect(error?.message.contains("cannot be explained exactly") == true)
    }
}
