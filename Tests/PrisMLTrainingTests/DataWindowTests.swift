import Prisma
import Testing

@testable import PrisMLTraining

@Suite struct DataWindowTests {
    /// A comma inside of a part of a key is none between two, as in every other key that is kept as text.
    @Test func keysOfSeveralFieldsAreToldApart() {
        func keys(_ first: [SQLValue], _ last: [SQLValue]) -> [JSON?] {
            var window = DataWindow()
            for var key in [first, last] { window.include(key: &key, at: nil) }
            return [window.json["firstKey"], window.json["lastKey"]]
        }
        #expect(keys([.text("a,b"), .text("c")], [.text("a"), .text("b,c")]) == [#"a\,b,c"#, #"a,b\,c"#])
        #expect(keys([.int(3), .int(1)], [.int(3), .int(2)]) == ["3,1", "3,2"])
        #expect(keys([.text("a,b")], [.int(7)]) == ["a,b", "7"])
    }
}
