/// Several inclusions of one query: what they add to it, and what they gather of its rows.
struct InclusionReader: Sendable {
    /// What is selected, each value once, however many of the inclusions read it.
    private(set) var selections: [ExpressionNode] = []
    private(set) var joins: [RelationJoin] = []
    private var collectors: [any InclusionCollector] = []
    /// The collectors in the order of their columns: joined rows come after all that is selected.
    private var plain: [(collector: Int, columns: SelectedColumns)] = []
    private var joined: [Int] = []

    /// - Parameter rows: how many rows there are at most; nil if any number.
    init<each Loaded: Sendable>(_ inclusions: repeat Inclusion<each Loaded>, rows: Int?, canJoin: Bool = true) {
        for inclusion in repeat each inclusions { add(inclusion.way(rows: rows, canJoin: canJoin)) }
    }

    private mutating func add(_ way: InclusionWay) {
        if let join = way.join {
            joins.append(join)
            joined.append(collectors.count)
        } else {
            plain.append((collectors.count, SelectedColumns(way.selections, among: &selections)))
        }
        collectors.append(way.collector)
    }

    mutating func collect(_ row: inout SQLRow) throws {
        let start = row.position
        for place in plain.indices {
            let collector = plain[place].collector
            if let first = plain[place].columns.start {
                row.move(to: start + first)
                try collectors[collector].collect(&row)
            } else {
                try plain[place].columns.gather(row, from: start) { try collectors[collector].collect(&$0) }
            }
        }
        row.move(to: start + selections.count)
        for index in joined { try collectors[index].collect(&row) }
    }

    /// What was gathered, one inclusion after the other.
    func loader(isReversed: Bool = false, in context: QueryContext) -> InclusionLoader {
        InclusionLoader(collectors: collectors, isReversed: isReversed, context: context)
    }
}

/// One of the ways to include something.
struct InclusionWay {
    var selections: [ExpressionNode] = []
    var join: RelationJoin?
    let collector: any InclusionCollector
}

extension Inclusion {
    fileprivate func way(rows: Int?, canJoin: Bool) -> InclusionWay {
        if canJoin, let way = joined?(rows) { return InclusionWay(join: way.join, collector: way.makeCollector()) }
        return InclusionWay(selections: selections, collector: makeCollector())
    }
}

/// Loads inclusions in turn, each with its own collector.
struct InclusionLoader {
    let collectors: [any InclusionCollector]
    let isReversed: Bool
    let context: QueryContext
    private var position = 0

    init(collectors: [any InclusionCollector], isReversed: Bool, context: QueryContext) {
        self.collectors = collectors
        self.isReversed = isReversed
        self.context = context
    }

    mutating func next<Loaded: Sendable>(_ inclusion: Inclusion<Loaded>) async throws -> [Loaded] {
        defer { position += 1 }
        guard let collector = collectors[position] as? any InclusionCollector<Loaded> else {
            throw PrismaError(.unexpected, "An inclusion lost its type.", help: "Report this: it is a defect of the library.")
        }
        let loaded = try await collector.load(in: context)
        return isReversed ? loaded.reversed() : loaded
    }
}
