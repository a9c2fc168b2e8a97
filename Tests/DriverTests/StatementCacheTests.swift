import Prisma
import Testing

@Suite struct StatementCacheTests {
    @Test func theLeastRecentlyUsedLeaves() {
        var cache = StatementCache<Int>(capacity: 2)
        #expect(cache.insert(1, for: "a") == nil)
        #expect(cache.insert(2, for: "b") == nil)
        #expect(cache.find("a") == 1)
        #expect(cache.insert(3, for: "c") == 2)
        #expect(cache.find("b") == nil)
        #expect(cache.insert(4, for: "a") == 1)
        #expect(cache.find("a") == 4)
        #expect(cache.remove("a") == 4)
        #expect(cache.remove("a") == nil)
        #expect(cache.removeAll() == [3])
        #expect(cache.count == 0)
    }

    @Test func nothingIsKeptWithoutCapacity() {
        var cache = StatementCache<Int>(capacity: 0)
        #expect(cache.insert(1, for: "a") == 1)
        #expect(cache.find("a") == nil)
    }

    /// Against a list that is kept in order the slow way.
    @Test(arguments: 0..<20)
    func behavesLikeAList(_ seed: Int) {
        var random = Random(seed: UInt64(seed))
        let capacity = 1 + random.next(5)
        var cache = StatementCache<Int>(capacity: capacity)
        var list: [(sql: String, value: Int)] = []
        for step in 0..<500 {
            let sql = "s\(random.next(8))"
            let index = list.firstIndex { $0.sql == sql }
            switch random.next(5) {
            case 0:
                let expected = index.map { list.remove(at: $0).value }
                #expect(cache.remove(sql) == expected)
            case 1, 2:
                let expected = index.map { list[$0].value }
                if let index { list.append(list.remove(at: index)) }
                #expect(cache.find(sql) == expected)
            default:
                var expected: Int?
                if let index {
                    expected = list[index].value
                    list[index].value = step
                } else {
                    if list.count == capacity { expected = list.removeFirst().value }
                    list.append((sql, step))
                }
                #expect(cache.insert(step, for: sql) == expected)
            }
            #expect(cache.count == list.count)
        }
    }
}
