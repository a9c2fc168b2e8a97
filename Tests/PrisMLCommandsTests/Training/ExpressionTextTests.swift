import Prisma
import ShopClient
import Testing

@testable import PrisMLCommands

@Suite struct ExpressionTextTests {
    private static let user = User.columns

    static let rows: [(node: ExpressionNode, text: String)] = [
        (user.visits.node, "visits"),
        (user.lastLoginAt.days(until: .now).node, "lastLoginAt.days(until: now)"),
        (user.orders.where { $0.createdAt > .now - .days(90) }.count.node, "orders.where { createdAt > now - 90 days }.count"),
        ((user.orders.average { $0.total } ?? 0).node, "orders.average { total } ?? 0.0"),
        (user.email.part(after: "@").node, "email.part(after: \"@\")"),
        ((user.visits > 3 && user.name == nil).node, "(visits > 3) && name == nil"),
        (user.orders.some { $0.total > 100 }.node, "orders.some { total > 100.0 }"),
        ((user.totalSpent / 2 + 1).node, "(totalSpent / 2.0) + 1.0"),
    ]

    @Test(arguments: rows)
    func `Expressions are shown as they were written`(node: ExpressionNode, text: String) {
        #expect(ExpressionText(node).text == text)
        #expect(ExpressionText(canonical: CanonicalForm.encode(node)).text == text)
    }

    @Test func `What cannot be read is shown as it is`() {
        #expect(ExpressionText(canonical: "{\"version\":99}").text == "{\"version\":99}")
    }
}
