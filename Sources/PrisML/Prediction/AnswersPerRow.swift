import Prisma

/// Answers of which each row has its own or its own error, as `perRow` of several things to include gives them.
struct AnswersPerRow<Answer: Sendable>: PredictingIncludable {
    let make: @Sendable (PrismaEngine) async throws -> Inclusion<Result<Answer, PredictorError>>

    func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Result<Answer, PredictorError>> { try await make(engine) }
}
