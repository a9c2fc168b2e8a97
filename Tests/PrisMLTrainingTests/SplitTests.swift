import Testing

@testable import PrisMLTraining

@Suite struct SplitTests {
    struct Rows {
        var keys: [UInt64]
        var classes: [Int]
        var times: [Double]
        var groups: [UInt64]

        init(_ count: Int, seed: UInt64 = 1) {
            var random = RandomSequence(seed: seed)
            keys = (0..<count).map { SplitPlan.key("row \($0)".utf8) }
            classes = (0..<count).map { _ in random.next(below: 20) == 0 ? 1 : random.next(below: 3) * 2 }
            times = (0..<count).map { _ in Double(random.next(below: 50)) }
            groups = (0..<count).map { _ in UInt64(random.next(below: 40)) }
        }

        func strategies(_ order: [Int]) -> [SplitPlan.Strategy] {
            [.random, .stratified(order.map { classes[$0] }), .chronological(order.map { times[$0] }), .grouped(order.map { groups[$0] })]
        }
    }

    @Test(arguments: [10, 57, 1000])
    func everyRowIsInOneShareWhateverTheOrder(count: Int) throws {
        let rows = Rows(count)
        let plain = Array(0..<count)
        var shuffled = plain
        var random = RandomSequence(seed: 9)
        shuffled.shuffle(using: &random)
        let plan = SplitPlan(validation: 0.2, holdout: 0.25, seed: 4)
        for (strategy, reordered) in zip(rows.strategies(plain), rows.strategies(shuffled)) {
            let split = try plan.split(rows.keys, strategy)
            #expect((split.training + split.validation + split.holdout).sorted() == plain)
            #expect(split.training == split.training.sorted())
            let other = try plan.split(shuffled.map { rows.keys[$0] }, reordered)
            #expect(Set(other.training.map { shuffled[$0] }) == Set(split.training))
            #expect(Set(other.holdout.map { shuffled[$0] }) == Set(split.holdout))
        }
    }

    @Test func eachClassIsDividedInTheSameProportion() throws {
        let rows = Rows(2000)
        let split = try SplitPlan(validation: 0.1, holdout: 0.2).split(rows.keys, .stratified(rows.classes))
        for index in Set(rows.classes) {
            let count = rows.classes.count { $0 == index }
            #expect(split.holdout.count { rows.classes[$0] == index } == Int((Double(count) * 0.2).rounded()))
            #expect(split.validation.count { rows.classes[$0] == index } == Int((Double(count) * 0.1).rounded()))
        }
    }

    @Test func smallClassesAreTrainedOnFirst() throws {
        let classes = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 3, 3, 3]
        let keys = classes.indices.map { SplitPlan.key("\($0)".utf8) }
        let split = try SplitPlan(validation: 0.15, holdout: 0.15, seed: 2).split(keys, .stratified(classes))
        let own = { (rows: [Int], index: Int) in rows.count { classes[$0] == index } }
        #expect((1...3).map { own(split.training, $0) } == [1, 1, 1])
        #expect((1...3).map { own(split.holdout, $0) } == [0, 1, 1])
        #expect((1...3).map { own(split.validation, $0) } == [0, 0, 1])
    }

    @Test func timeNeverGoesBackwards() throws {
        let rows = Rows(500)
        let split = try SplitPlan(seed: 1).split(rows.keys, .chronological(rows.times))
        let latest = { (rows: [Int], times: [Double]) in rows.map { times[$0] }.max() ?? 0 }
        let earliest = { (rows: [Int], times: [Double]) in rows.map { times[$0] }.min() ?? 0 }
        #expect(latest(split.training, rows.times) <= earliest(split.validation, rows.times))
        #expect(latest(split.validation, rows.times) <= earliest(split.holdout, rows.times))
        #expect(split.holdout.count == 75)
        for fold in try SplitPlan(seed: 1).folds(5, rows.keys, .chronological(rows.times)) {
            #expect(latest(fold.training, rows.times) <= earliest(fold.holdout, rows.times))
        }
    }

    @Test func groupsStayTogether() throws {
        let rows = Rows(500)
        let split = try SplitPlan(seed: 1).split(rows.keys, .grouped(rows.groups))
        let groups = { (list: [Int]) in Set(list.map { rows.groups[$0] }) }
        #expect(groups(split.training).isDisjoint(with: groups(split.holdout)))
        #expect(groups(split.training).isDisjoint(with: groups(split.validation)))
        #expect(groups(split.validation).isDisjoint(with: groups(split.holdout)))
        #expect((40...120).contains(split.holdout.count))
        for fold in try SplitPlan(seed: 1).folds(4, rows.keys, .grouped(rows.groups)) {
            #expect(groups(fold.training).isDisjoint(with: groups(fold.holdout)))
        }
    }

    @Test(arguments: [2, 3, 5])
    func foldsTakeTurns(count: Int) throws {
        let rows = Rows(301)
        for strategy in rows.strategies(Array(0..<301)) where strategy != .chronological(rows.times) {
            let folds = try SplitPlan(seed: 3).folds(count, rows.keys, strategy)
            #expect(folds.flatMap(\.holdout).sorted() == Array(0..<301))
            for fold in folds { #expect((fold.training + fold.holdout).sorted() == Array(0..<301)) }
        }
        let sizes = try SplitPlan().folds(count, rows.keys, .stratified(rows.classes)).map { fold in
            fold.holdout.count { rows.classes[$0] == 1 }
        }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test func anotherSeedDividesOtherwise() throws {
        let rows = Rows(500)
        let splits = try (0..<5).map { try SplitPlan(seed: $0).split(rows.keys, .random).holdout }
        #expect(Set(splits).count == 5)
    }

    @Test func whatCannotBeDividedIsRefused() throws {
        let keys = (0..<10).map(UInt64.init)
        let cases: [(SplitPlan, [UInt64], SplitPlan.Strategy, String)] = [
            (SplitPlan(validation: 0.5, holdout: 0.5), keys, .random, "leave nothing to train on"),
            (SplitPlan(validation: -0.1), keys, .random, "leave nothing"),
            (SplitPlan(validation: .nan), keys, .random, "leave nothing"),
            (SplitPlan(), [], .random, "none is left for the training"),
            (SplitPlan(), [1], .random, "none is left"),
            (SplitPlan(), [1, 1, 2, 3], .random, "rows 0 and 1 have the same key"),
            (SplitPlan(), keys, .stratified([0]), "1 classes for 10 rows"),
            (SplitPlan(), keys, .chronological([1]), "1 times for 10 rows"),
            (SplitPlan(), keys, .chronological([Double](repeating: .nan, count: 10)), "10 of 10 rows have no time"),
            (SplitPlan(), keys, .grouped([UInt64](repeating: 7, count: 10)), "none is left"),
        ]
        for (plan, keys, strategy, message) in cases {
            let error = #expect(throws: TrainingError.self) { try plan.split(keys, strategy) }
            #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        }
        #expect(throws: TrainingError.self) { try SplitPlan().folds(1, keys, .random) }
        #expect(throws: TrainingError.self) { try SplitPlan().folds(11, keys, .random) }
        #expect(throws: TrainingError.self) { try SplitPlan().folds(3, keys, .grouped(keys.map { $0 % 2 })) }
    }
}
