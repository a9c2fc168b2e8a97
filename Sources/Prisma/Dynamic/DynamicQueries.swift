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
        case create, createMany, createManyAndReturn, update, updateMany, updateManyAndReturn, upsert, delete, deleteMany
        case count, aggregate, groupBy
        case queryRaw = "$queryRaw"
        case executeRaw = "$executeRaw"
    }

    /// Runs one query and gives its answer: BigInt and Decimal as strings, DateTime as ISO 8601, Bytes as base64.
    public func run(_ action: String, on model: String? = nil, _ arguments: JSON = [:]) async throws -> JSON {
        guard let known = Action(rawValue: action) else {
            let guess = Suggestion.closest(to: action, in: Action.allCases.map(\.rawValue))
            throw PrismaError(
                .validationFailed, "There is no action \(action)\(guess.map { "; did you mean \($0)?" } ?? ".")",
                help: "The actions: \(Action.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let input = QueryInput(arguments.isNull ? [:] : arguments)
        if known == .queryRaw { return try await queryRaw(input) }
        if known == .executeRaw { return try await executeRaw(input) }
        guard let model else {
            throw PrismaError(.validationFailed, "The action \(action) needs a model.", help: #"Add "model": "User"."#)
        }
        let resolved = try reader.model(model)
        return try await run(known, resolved, input.of(resolved.name))
    }

    private func run(_ action: Action, _ model: Model, _ input: QueryInput) async throws -> JSON {
        switch action {
        case .findUnique, .findUniqueOrThrow:
            return try await findUnique(model, input, isRequired: action == .findUniqueOrThrow)
        case .findFirst, .findFirstOrThrow:
            return try await findFirst(model, input, isRequired: action == .findFirstOrThrow)
        case .findMany: return .array(try await findMany(model, input))
        case .create: return try await create(model, input)
        case .createMany, .createManyAndReturn:
            return try await createMany(model, input, returning: action == .createManyAndReturn)
        case .update: return try await update(model, input)
        case .updateMany, .updateManyAndReturn:
            return try await updateMany(model, input, returning: action == .updateManyAndReturn)
        case .upsert: return try await upsert(model, input)
        case .delete: return try await delete(model, input)
        case .deleteMany: return try await deleteMany(model, input)
        case .count: return try await count(model, input)
        case .aggregate: return try await aggregate(model, input)
        case .groupBy: return try await groupBy(model, input)
        case .queryRaw: return try await queryRaw(input)
        case .executeRaw: return try await executeRaw(input)
        }
    }
}
