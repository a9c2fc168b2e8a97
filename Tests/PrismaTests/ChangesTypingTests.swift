import Foundation
import Prisma
import ShopClient
import Testing

@Test func assignmentsTypeCheck() {
    func update(_ body: (inout Changes<User>) -> Void) -> Int {
        var changes = Changes<User>()
        body(&changes)
        return changes.assignments.count
    }
    let name = "x@y.z"
    let count = update {
        $0.visits += 1
        $0.plan = .pro
        $0.lastLoginAt = nil
        $0.email = name
        $0.email = "a@b.c"
        $0.totalSpent *= 2
        $0.createdAt = Date()
        $0.isChurned = true
        $0.totalSpent += $0.visits.double
        $0.lastLoginAt = .now
    }
    #expect(count == 7)
}
