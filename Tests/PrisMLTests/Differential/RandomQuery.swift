import PrisMLTraining
import Prisma

/// A row with what the predictors say of it, as the naïve way has them: everything that is read, then looked at in Swift.
struct Answered<Model: Record>: Sendable {
    var row: Model
    var scores: [Double]
    /// The rows of a relation, with the answer for each.
    var related: [(quantity: Int, score: Double)] = []
}

/// A number of a row: the expression, and the same in Swift.
struct Term<Model: Record>: Sendable {
    let name: String
    let expression: @Sendable (Model.Columns) -> RowExpression<Double?>
    let value: @Sendable (Answered<Model>) -> Double?
    /// Numbers that are worth comparing it with.
    var limits: [Double] = []

    init(
        _ name: String, _ limits: [Double] = [], _ expression: @escaping @Sendable (Model.Columns) -> RowExpression<Double>,
        _ value: @escaping @Sendable (Answered<Model>) -> Double?
    ) {
        (self.name, self.limits, self.value) = (name, limits, value)
        self.expression = { RowExpression(node: expression($0).node) }
    }

    init(
        optional name: String, _ limits: [Double] = [], _ expression: @escaping @Sendable (Model.Columns) -> RowExpression<Double?>,
        _ value: @escaping @Sendable (Answered<Model>) -> Double?
    ) {
        (self.name, self.limits, self.expression, self.value) = (name, limits, expression, value)
    }
}

/// A condition about a row: the expression, and the same in Swift, where nil is SQL's "unknown".
indirect enum RandomCondition<Model: Record>: Sendable, CustomStringConvertible {
    enum Comparison: String, CaseIterable, Sendable {
        case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "=="
    }

    case limit(Term<Model>, Comparison, Double)
    case terms(Term<Model>, Comparison, Term<Model>)
    case isNull(Term<Model>)
    case atom(String, @Sendable (Model.Columns) -> RowExpression<Bool>, @Sendable (Answered<Model>) -> Bool?)
    case and(Self, Self)
    case or(Self, Self)
    case not(Self)

    func expression(_ columns: Model.Columns) -> RowExpression<Bool> {
        switch self {
        case .limit(let term, let comparison, let limit):
            let left = term.expression(columns)
            return switch comparison {
            case .less: left < limit
            case .lessOrEqual: left <= limit
            case .greater: left > limit
            case .greaterOrEqual: left >= limit
            case .equal: left == limit
            }
        case .terms(let first, let comparison, let second):
            let (left, right) = (first.expression(columns), second.expression(columns))
            return switch comparison {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            case .equal: left == right
            }
        case .isNull(let term): return term.expression(columns).isNull
        case .atom(_, let expression, _): return expression(columns)
        case .and(let left, let right): return left.expression(columns) && right.expression(columns)
        case .or(let left, let right): return left.expression(columns) || right.expression(columns)
        case .not(let inner): return !inner.expression(columns)
        }
    }

    func holds(_ row: Answered<Model>) -> Bool? {
        switch self {
        case .limit(let term, let comparison, let limit): return Self.compare(term.value(row), comparison, limit)
        case .terms(let first, let comparison, let second): return Self.compare(first.value(row), comparison, second.value(row))
        case .isNull(let term): return term.value(row) == nil
        case .atom(_, _, let holds): return holds(row)
        case .and(let left, let right):
            let (left, right) = (left.holds(row), right.holds(row))
            if left == false || right == false { return false }
            return left == nil || right == nil ? nil : true
        case .or(let left, let right):
            let (left, right) = (left.holds(row), right.holds(row))
            if left == true || right == true { return true }
            return left == nil || right == nil ? nil : false
        case .not(let inner): return inner.holds(row).map { !$0 }
        }
    }

    private static func compare(_ left: Double?, _ comparison: Comparison, _ right: Double?) -> Bool? {
        guard let left, let right else { return nil }
        return switch comparison {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal: left == right
        }
    }

    /// Simpler conditions that may show the same.
    var smaller: [Self] {
        switch self {
        case .and(let left, let right): [left, right] + left.smaller.map { .and($0, right) } + right.smaller.map { .and(left, $0) }
        case .or(let left, let right): [left, right] + left.smaller.map { .or($0, right) } + right.smaller.map { .or(left, $0) }
        case .not(let inner): [inner] + inner.smaller.map { .not($0) }
        default: []
        }
    }

    var description: String {
        switch self {
        case .limit(let term, let comparison, let limit): "\(term.name) \(comparison.rawValue) \(limit)"
        case .terms(let first, let comparison, let second): "\(first.name) \(comparison.rawValue) \(second.name)"
        case .isNull(let term): "\(term.name) is null"
        case .atom(let name, _, _): name
        case .and(let left, let right): "(\(left) && \(right))"
        case .or(let left, let right): "(\(left) || \(right))"
        case .not(let inner): "!(\(inner))"
        }
    }
}

/// A part of an order.
struct RandomOrder<Model: Record>: Sendable, CustomStringConvertible {
    let name: String
    let node: @Sendable (Model.Columns) -> ExpressionNode
    let value: @Sendable (Answered<Model>) -> Double?
    var isDescending = false
    var nulls: RowOrder.Nulls?

    init(_ term: Term<Model>) {
        (name, value) = (term.name, term.value)
        node = { term.expression($0).node }
    }

    init(
        _ name: String, _ node: @escaping @Sendable (Model.Columns) -> ExpressionNode,
        _ value: @escaping @Sendable (Answered<Model>) -> Double?
    ) {
        (self.name, self.node, self.value) = (name, node, value)
    }

    func term(_ columns: Model.Columns) -> RowOrder { RowOrder(node(columns), descending: isDescending, nulls: nulls) }

    func precedes(_ left: Answered<Model>, _ right: Answered<Model>, _ dialect: SQLDialect) -> Bool? {
        let nullsAreFirst = nulls.map { $0 == .first } ?? ((dialect == .postgresql) == isDescending)
        switch (value(left), value(right)) {
        case (nil, nil): return nil
        case (nil, _): return nullsAreFirst
        case (_, nil): return !nullsAreFirst
        case (let left?, let right?):
            if left == right { return nil }
            return isDescending ? left > right : left < right
        }
    }

    var description: String { "\(name) \(isDescending ? "descending" : "ascending")" + (nulls.map { " nulls \($0)" } ?? "") }
}

/// A query, and its answer by the naïve way.
struct RandomQuery<Model: Record>: Sendable, CustomStringConvertible {
    var condition: RandomCondition<Model>?
    var order: [RandomOrder<Model>] = []
    var take: Int?
    var skip: Int?
    /// The place of a row among all rows.
    var cursor: Int?
    var distinct: (name: String, value: @Sendable (Model) -> String)?

    var isPaged: Bool { take != nil || skip != nil || cursor != nil || distinct != nil }

    /// The places of the rows that the query gives.
    func answer(_ rows: [Answered<Model>], key: (Model) -> [Int], _ dialect: SQLDialect) -> [Int] {
        var places = rows.indices.sorted { left, right in
            for term in order { if let precedes = term.precedes(rows[left], rows[right], dialect) { return precedes } }
            return key(rows[left].row).lexicographicallyPrecedes(key(rows[right].row))
        }
        let isReversed = (take ?? 0) < 0
        if isReversed { places.reverse() }
        var found = places.filter { condition == nil || condition?.holds(rows[$0]) == true }
        if let distinct {
            var seen: Set<String> = []
            found = found.filter { seen.insert(distinct.value(rows[$0].row)).inserted }
        }
        if let cursor, let start = places.firstIndex(of: cursor) {
            let before = Set(places[..<start])
            found = found.filter { !before.contains($0) }
        }
        found = Array(found.dropFirst(skip ?? 0))
        if let take { found = Array(found.prefix(Int(take.magnitude))) }
        return isReversed ? found.reversed() : found
    }

    /// Whether a query's rows are an answer: in the order, and the very rows where the order is total.
    func accepts(_ found: [Int], expecting expected: [Int], _ rows: [Answered<Model>]) -> Bool {
        guard !isPaged else { return found == expected }
        let keys = { (places: [Int]) in places.map { place in order.map { $0.value(rows[place]) } } }
        return found.sorted() == expected.sorted() && keys(found) == keys(expected)
    }

    /// Simpler queries that may show the same.
    var smaller: [Self] {
        var all: [Self] = []
        func add(_ change: (inout Self) -> Void) {
            var copy = self
            change(&copy)
            all.append(copy)
        }
        if distinct != nil { add { $0.distinct = nil } }
        if cursor != nil { add { $0.cursor = nil } }
        if skip != nil { add { $0.skip = nil } }
        if let take {
            add { $0.take = nil }
            if take < 0 { add { $0.take = -take } }
        }
        for index in order.indices { add { $0.order.remove(at: index) } }
        if let condition {
            add { $0.condition = nil }
            for smaller in condition.smaller { add { $0.condition = smaller } }
        }
        return all
    }

    var description: String {
        var parts = condition.map { ["where \($0)"] } ?? []
        if !order.isEmpty { parts.append("order by \(order.map(\.description).joined(separator: ", "))") }
        if let take { parts.append("take \(take)") }
        if let skip { parts.append("skip \(skip)") }
        if let cursor { parts.append("cursor at row \(cursor)") }
        if let distinct { parts.append("distinct \(distinct.name)") }
        return parts.isEmpty ? "all" : parts.joined(separator: "; ")
    }
}

/// Makes queries out of what may be asked of a model's rows.
struct QueryMaker<Model: Record> {
    let terms: [Term<Model>]
    let atoms: [RandomCondition<Model>]
    let orders: [RandomOrder<Model>]
    let distinct: [(name: String, value: @Sendable (Model) -> String)]
    let rowCount: Int
    var random: RandomSequence

    mutating func make() -> RandomQuery<Model> {
        var query = RandomQuery<Model>()
        if random.next(below: 6) > 0 { query.condition = condition(depth: random.next(below: 4)) }
        let all = orders + terms.map(RandomOrder.init)
        for _ in 0..<random.next(below: 4) {
            var order = random.pick(all)
            order.isDescending = random.next(below: 2) == 0
            order.nulls = random.pick([nil, nil, .first, .last])
            if !query.order.contains(where: { $0.name == order.name }) { query.order.append(order) }
        }
        if random.next(below: 2) == 0 { query.take = random.pick([1, 2, 5, 9, 1000, 0, -1, -3, -8]) }
        if random.next(below: 4) == 0 { query.skip = random.next(below: 8) }
        if random.next(below: 4) == 0 { query.cursor = random.next(below: UInt32(rowCount)) }
        if random.next(below: 7) == 0, !distinct.isEmpty { query.distinct = random.pick(distinct) }
        return query
    }

    private mutating func condition(depth: Int) -> RandomCondition<Model> {
        guard depth > 0 else {
            switch random.next(below: 6) {
            case 0 where !atoms.isEmpty: return random.pick(atoms)
            case 1: return .terms(random.pick(terms), random.pick(RandomCondition<Model>.Comparison.allCases), random.pick(terms))
            case 2: return .isNull(random.pick(terms))
            default:
                let term = random.pick(terms)
                return .limit(term, random.pick(RandomCondition<Model>.Comparison.allCases), random.pick(term.limits + [0.5]))
            }
        }
        switch random.next(below: 5) {
        case 0, 1: return .and(condition(depth: depth - 1), condition(depth: depth - 1))
        case 2, 3: return .or(condition(depth: depth - 1), condition(depth: depth - 1))
        default: return .not(condition(depth: depth - 1))
        }
    }
}
