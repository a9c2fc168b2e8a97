import Foundation
import Prisma
import ShopClient
import Testing

/// The promise that expressions rest on: SQLite, PostgreSQL and the evaluation in memory give the same answers.
// One seed at a time: the machine has other tests to run.
@Suite(.serialized) struct ExpressionAgreementTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// How many expressions there are in all; `EXPRESSION_COUNT` asks for more.
    private static let count = environment["EXPRESSION_COUNT"].flatMap { Int($0) } ?? 20_800
    /// `EXPRESSION_SEED` runs one seed alone, as a failure says it.
    static let seeds: [UInt64] = environment["EXPRESSION_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? [1, 2, 3, 4]

    @Test(arguments: seeds) func allAnswersAgree(seed: UInt64) async throws {
        let judge = try await ExpressionJudge(rows: seed)
        var generator = ExpressionGenerator(schema: judge.shops[0].prisma.engine.schema, seed: seed)
        var asked = 0
        var failures = 0
        while asked < Self.count / 4, failures < 5 {
            // One statement asks for 40 expressions at once.
            let model = generator.model()
            let questions = (0..<40).map { _ in ExpressionJudge.Question(model: model, node: generator.expression(on: model)) }
            asked += questions.count
            for disagreement in await judge.disagreements(on: questions) {
                failures += 1
                let shrinker = ExpressionShrinker(judge: judge)
                let smallest = await shrinker.smallest(disagreement)
                Issue.record(Comment(rawValue: shrinker.report(smallest, seed: seed)))
                if failures >= 5 { break }
            }
        }
    }
}
