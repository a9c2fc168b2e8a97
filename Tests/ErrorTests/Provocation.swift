import Foundation
import ONNX
import PrisML
import PrisMLTraining
import Prisma
import PrismaPostgres
import PrismaSQLite
import ShopClient
import TestSupport
import Testing

/// A situation in which a user meets an error: what brings it about, and the code that it has to have.
struct Provocation: Sendable, CustomTestStringConvertible {
    let code: String
    let situation: String
    let databases: [SQLDialect]
    let provoke: @Sendable (SQLDialect) async throws -> Void

    init(
        _ code: String, _ situation: String, on databases: [SQLDialect] = [.sqlite, .postgresql],
        _ provoke: @escaping @Sendable (SQLDialect) async throws -> Void
    ) {
        self.code = code
        self.situation = situation
        self.databases = databases
        self.provoke = provoke
    }

    /// With the shop's three customers.
    static func inShop(
        _ code: String, _ situation: String, on databases: [SQLDialect] = [.sqlite, .postgresql],
        _ provoke: @escaping @Sendable (Shop) async throws -> Void
    ) -> Provocation {
        Provocation(code, situation, on: databases) { dialect in
            let shop = try await Shop.make(dialect)
            try await shop.seed()
            try await provoke(shop)
        }
    }

    var testDescription: String { "\(code): \(situation)" }
}

/// An error as a user sees it, whichever library threw it.
struct SeenError {
    let code: String
    let message: String
    let help: String?
    let text: String

    init?(_ error: any Error) {
        text = "\(error)"
        switch error {
        case let error as PrismaError: (code, message, help) = (error.code.rawValue, error.message, error.help)
        case let error as PredictorError: (code, message, help) = (error.code.rawValue, error.message, error.help)
        case let error as TrainingError: (code, message, help) = (error.code.rawValue, error.message, error.suggestion)
        case let error as ONNXError: (code, message, help) = (error.code.rawValue, error.message, error.suggestion)
        case let error as ToolFailure: (code, message, help) = (error.code, error.text, nil)
        default: return nil
        }
    }
}

extension Shop {
    /// Changes the tables behind the client's back.
    func script(_ sql: String) async throws {
        try await prisma.engine.withConnection(for: .write) { try await $0.executeScript(sql) }
    }

    /// Another client of the same database, with other parameters in its URL.
    func rival(_ parameters: String) throws -> PrismaClient {
        let url = url.replacingOccurrences(of: "pool_timeout=300", with: parameters)
        let database: any SQLDatabase =
            prisma.engine.dialect == .sqlite ? try SQLiteDatabase(url: url) : try PostgresDatabase(url: url)
        return PrismaClient(engine: PrismaEngine(database: database, schema: prisma.engine.schema))
    }

    func request(_ action: String, _ model: String, _ arguments: String) async throws {
        _ = try await DynamicQueries(prisma.engine).run(action, on: model, try JSON(parsing: arguments))
    }
}

/// What `prisml` said before it ended with another status than 0.
struct ToolFailure: Error, CustomStringConvertible {
    let text: String

    /// The section that the message names.
    var code: String { text.firstMatch(of: /prisml explain (\w+)/).map { String($0.output.1) } ?? "" }
    var description: String { text }

    /// Runs the command as a process of its own; nothing is thrown if all went well.
    static func expect(_ arguments: [String], environment: [String: String]) throws {
        let (status, output) = try BuiltProgram("prisml", arguments, environment: environment, errors: true).wait()
        if status != 0 { throw ToolFailure(text: output) }
    }
}
