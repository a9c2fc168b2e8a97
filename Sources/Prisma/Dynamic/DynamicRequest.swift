internal import PrismaSchema

/// One line of a `DynamicSession`.
struct DynamicRequest: Sendable {
    /// Comes back with the answer, whatever it is.
    let id: JSON
    let action: String
    let model: String?
    let transaction: String?
    let arguments: JSON
    /// Those of a `$batch`.
    let requests: [JSON]

    /// What was wrong with a line, and its id if that could be read.
    struct Refusal: Error {
        let id: JSON
        let error: PrismaError
    }

    init(_ line: String) throws(Refusal) {
        let json: JSON
        do throws(JSON.ParseError) {
            json = try JSON(parsing: line)
        } catch {
            throw Refusal(
                id: .null,
                error: PrismaError(
                    .validationFailed, "The line is not JSON: \(error.message).", help: "Write each request as one JSON object on one line."
                ))
        }
        do throws(PrismaError) {
            self = try DynamicRequest(json)
        } catch {
            throw Refusal(id: json["id"] ?? .null, error: error)
        }
    }

    init(_ json: JSON) throws(PrismaError) {
        let input = QueryInput(json)
        try input.names(["id", "action", "model", "args", "tx", "requests"])
        guard let action = input.member("action") else { throw input.invalid("`action` is missing.") }
        func text(_ name: String) throws(PrismaError) -> String? {
            guard let member = input.member(name), !member.isNull else { return nil }
            return try member.string()
        }
        id = json["id"] ?? .null
        self.action = try action.string()
        model = try text("model")
        transaction = try text("tx")
        arguments = json["args"] ?? [:]
        requests = json["requests"]?.array ?? []
    }

    func run(on engine: PrismaEngine) async throws -> JSON {
        guard action == "$batch" else { return try await DynamicQueries(engine).run(action, on: model, arguments) }
        let parts = try requests.map { try DynamicRequest($0) }
        if let part = parts.first(where: { $0.transaction != nil || ["$begin", "$commit", "$rollback"].contains($0.action) }) {
            throw PrismaError(.validationFailed, "\(part.action) cannot be part of a batch with this.", help: "A batch is one transaction.")
        }
        let isolation = try DynamicTransaction.isolation(QueryInput(arguments, path: "args"))
        return try await engine.transaction(isolation: isolation) { engine in
            var answers: [JSON] = []
            for part in parts { answers.append(try await part.run(on: engine)) }
            return .array(answers)
        }
    }

    // MARK: Answers

    static func answer(to id: JSON, data: JSON) -> String { JSON.object(["id": id, "data": data]).text }

    static func answer(to id: JSON, error: PrismaError) -> String {
        var meta: [String: JSON] = [:]
        if let model = error.model { meta["modelName"] = .string(model) }
        if !error.fields.isEmpty { meta["target"] = .array(error.fields.map(JSON.string)) }
        if let help = error.help { meta["help"] = .string(help) }
        return JSON.object([
            "id": id,
            "error": ["code": .string(error.code.rawValue), "message": .string(error.message), "meta": .object(meta)],
        ]).text
    }
}
