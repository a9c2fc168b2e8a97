import Foundation
import Prisma
import ShopClient
import Testing

/// The catalogue of docs/errors.md holds what happens: each of its codes comes up, through the public interface, in the situation that its
/// section speaks of.
@Suite struct ErrorCatalogueTests {
    static let provocations =
        connectionProvocations + queryProvocations + writeProvocations + databaseProvocations + predictorProvocations
        + trainingProvocations + modelProvocations

    @Test(arguments: provocations) func `Comes up with its code, a message and the next step`(_ provocation: Provocation) async throws {
        for dialect in provocation.databases where Shop.dialects.contains(dialect) {
            do {
                try await provocation.provoke(dialect)
                Issue.record("\(provocation.testDescription), \(dialect): no error")
            } catch {
                let seen = try #require(SeenError(error), "\(error)")
                #expect(seen.code == provocation.code, "\(provocation.situation), \(dialect): \(seen.text)")
                #expect(seen.message.count > 10, "\(dialect): \(seen.text)")
                // The code leads to its section: `prisml explain CODE`, and the heading in docs/errors.md.
                #expect(seen.text.contains(seen.code), "\(dialect): \(seen.text)")
            }
        }
    }

    @Test func `Each code of the catalogue is provoked`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/errors.md")
        let headings = try String(contentsOf: page, encoding: .utf8).matches(of: /\n### (\w+)\n/).map { String($0.output.1) }
        #expect(headings.count >= 60)
        let provoked = Set(Self.provocations.map(\.code))
        #expect(Set(headings).subtracting(provoked).sorted() == [])
        #expect(provoked.subtracting(headings).sorted() == [])
    }
}
