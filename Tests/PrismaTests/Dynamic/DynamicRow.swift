import Prisma
import ShopClient
import Testing

/// A request and its answer, as JSON.
struct DynamicRow: Sendable, CustomTestStringConvertible {
    let action: String
    let model: String
    let arguments: String
    let answer: String

    init(_ action: String, _ model: String, _ arguments: String, _ answer: String) {
        self.action = action
        self.model = model
        self.arguments = arguments
        self.answer = answer
    }

    var testDescription: String { "\(action) \(model) \(arguments)" }

    func check(_ queries: DynamicQueries) async {
        do {
            let found = try await queries.run(action, on: model, try JSON(parsing: arguments))
            #expect(found.text == (try JSON(parsing: answer)).text, "\(testDescription)")
        } catch {
            Issue.record("\(testDescription): \(error)")
        }
    }
}

extension Shop {
    var dynamic: DynamicQueries { DynamicQueries(prisma.engine) }
}
