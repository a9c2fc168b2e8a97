internal import PrismaSchema

/// The queries of a client without generated code: an action, a model's name and arguments as JSON, shaped as in Prisma Client.
///
/// ```swift
/// let queries = DynamicQueries(engine)
/// try await queries.run("findMany", on: "User", ["where": ["plan": "PRO"], "take": 20])
/// ```
public struct DynamicQueries: Sendable {
    let engine: PrismaEngine
    let reader: RequestReader

    public init(_ engine: PrismaEngine) {
        self.engine = engine
        reader = RequestReader(engine: engine)
    }

    /// The names of the actions.
    package enum Action: String, CaseIterable, Sendable {
        case findUnique, findUniqueOrThrow, findFirst, findFirstOrThrow, findMany
        case count, aggregate, groupBy
    }

    /// Runs one query and gives its answer: BigInt and Decimal as strings, DateTime as ISO 8601, Bytes as base64.
    public func run(_ action: String, on model: String? = nil, _ arguments: JSON = [:]) async throws -> JSON {
        guard let known = Action(rawValue: action) else {
            let guess = Suggestion.closest(to: action, in: Action.allCases.map(\.rawValue))
            throw PrismaError(
                .validationFailed, "There is no action \(action)\(guess.map { "; did you mean \($0)?" } ?? ".")",
                help: "The actions: \(Action.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard let model else {
            throw PrismaError(.validationFailed, "The action \(action) needs a model.", help: #"Add "model": "User"."#)
        }
        let resolved = try reader.model(model)
        return try await run(known, resolved, QueryInput(arguments.isNull ? [:] : arguments, model: resolved.name))
    }

    private func run(_ action: Action, _ model: Model, _ input: QueryInput) async throws -> JSON {
        switch action {
        case .findUnique, .findUniqueOrThrow:
            return try await findUnique(model, input, isRequired: action == .findUniqueOrThrow)
        case .findFirst, .findFirstOrThrow:
            return try await findFirst(model, input, isRequired: action == .findFirstOrThrow)
        case .findMany: return .array(try await findMany(model, input))
        case .count: return try await count(model, input)
        case .aggregate: return try await aggregate(model, input)
        case .groupBy: return try await groupBy(model, input)
        }
    }
}
