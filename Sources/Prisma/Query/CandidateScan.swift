internal import Synchronization

/// Goes through the rows that a query with functions may give, in batches: while one batch is read, the one before it is scored, filtered
/// and sorted on another thread.
///
/// Whatever decides about a row, beside the functions, has to be numbers: conditions and orders are evaluated on them without making a
/// value for each.
struct CandidateScan: Sendable {
    /// What is kept of a row.
    struct Row: Sendable {
        var key: SQLValue
        /// Where the row stands among those that the order does not tell apart.
        var place: Int64
        var order: [CellNumber]
        var isCursor: Bool
        /// False for a cursor's row that is none of the query's own.
        var matches: Bool
    }

    private let program: CellProgram
    /// Where each of the program's columns comes from: the scores of a function, or the n-th of the numbers that are read.
    private let sources: [(value: Source, isNullAsked: Bool)]
    private let filter: Int?
    private let cursor: Int?
    private let order: [(register: Int, term: RowOrder)]
    private let parts: [CellProgram.Load.Part]

    private enum Source: Sendable {
        case score(Int)
        case number(Int)
    }

    /// Nil where something that decides is no number.
    init?(_ table: ComputedColumns, filter: ExpressionNode?, cursor: ExpressionNode?, order: [RowOrder]) {
        let types = table.plainTypes + table.ranks.map { _ in .bigInt }
        let parts = types.map(\.cellPart)
        var compiler = CellCompiler(model: "", readsTexts: false) { $0.type.cellPart }
        var outputs = 0
        func add(_ node: ExpressionNode) -> Int? {
            guard compiler.add(node, column: outputs, null: .nan) else { return nil }
            outputs += 1
            return outputs - 1
        }
        let filterOutput = filter.map { add($0) }
        let cursorOutput = cursor.map { add($0) }
        let orderOutputs = order.map { add($0.node) }
        guard parts.allSatisfy({ $0 != nil }), filterOutput != .some(nil), cursorOutput != .some(nil),
            orderOutputs.allSatisfy({ $0 != nil })
        else { return nil }
        program = compiler.program()
        let registers = program.outputs.map(\.register)
        sources = program.loads.map { load in
            let index = Int(load.field.dropFirst()) ?? 0
            let value: Source =
                switch load.field.first {
                case "f": .score(index)
                case "p": .number(index)
                default: .number(table.plainTypes.count + index)
                }
            return (value, load.part == .isNull)
        }
        self.filter = filterOutput.flatMap { $0 }.map { registers[$0] }
        self.cursor = cursorOutput.flatMap { $0 }.map { registers[$0] }
        self.order = zip(orderOutputs, order).compactMap { output, term in output.map { (registers[$0], term) } }
        self.parts = parts.compactMap { $0 }
    }

    /// Rows that were read and not looked at yet.
    struct Batch: Sendable {
        var keys: [SQLValue] = []
        var places: [Int64] = []
        var numbers: [CellNumber] = []
        var functions: [any RowFunctionBatch]
    }

    /// Reads a row: its key, what the functions read, and the numbers.
    func read(_ row: inout SQLRow, _ keyTypes: [ValueType], place: Int64?, into batch: inout Batch) throws {
        if keyTypes.count == 1 {
            let key = try row.value(of: keyTypes[0])
            batch.keys.append(key)
            if place == nil, case .int(let number) = key { batch.places.append(number) }
        } else {
            var key: [SQLValue] = []
            for type in keyTypes { key.append(try row.value(of: type)) }
            batch.keys.append(.list(key))
        }
        if let place { batch.places.append(place) }
        for index in batch.functions.indices { try batch.functions[index].append(&row) }
        for part in parts { batch.numbers.append(try CellNumber(try row.cell(), part, at: row.position - 1)) }
    }

    /// Scores a batch and hands on the rows that match.
    func evaluate(_ batch: consuming Batch, now: Int64, into rows: inout some CandidateSink) throws {
        let scores = try batch.functions.indices.map { try batch.functions[$0].answers() }
        var registers = program.makeRegisters(now: now)
        registers.withUnsafeMutableBufferPointer { buffer in
            guard let registers = buffer.baseAddress else { return }
            evaluate(batch, scores, registers, into: &rows)
        }
    }

    private func evaluate(
        _ batch: borrowing Batch, _ scores: [[Double]], _ registers: UnsafeMutablePointer<CellNumber>, into rows: inout some CandidateSink
    ) {
        for row in batch.keys.indices {
            for (load, source) in sources.enumerated() {
                let value =
                    switch source.value {
                    case .score(let function): CellNumber(scores[function][row])
                    case .number(let index): batch.numbers[row * parts.count + index]
                    }
                registers[load] = source.isNullAsked ? CellNumber(value.kind == .null) : value
            }
            program.run(registers)
            let matches = filter.map { registers[$0].isTrue } ?? true
            let isCursor = cursor.map { registers[$0].isTrue } ?? false
            guard matches || isCursor else { continue }
            rows.add(batch.keys[row], batch.places[row], isCursor: isCursor, matches: matches, order, registers)
        }
    }
}

/// What becomes of the rows that match.
protocol CandidateSink: Sendable {
    mutating func add(
        _ key: SQLValue, _ place: Int64, isCursor: Bool, matches: Bool, _ order: [(register: Int, term: RowOrder)],
        _ registers: UnsafePointer<CellNumber>)
}

struct CountedCandidates: CandidateSink {
    private(set) var count = 0

    @inline(__always)
    mutating func add(
        _ key: SQLValue, _ place: Int64, isCursor: Bool, matches: Bool, _ order: [(register: Int, term: RowOrder)],
        _ registers: UnsafePointer<CellNumber>
    ) {
        count += 1
    }
}

/// The first rows in an order, in memory that the number of rows does not change.
struct BestCandidates: CandidateSink {
    private let terms: [RowOrder]
    private let limit: Int?
    /// Whether rows that the order does not tell apart come by falling places.
    private let isReversed: Bool
    private var rows: [CandidateScan.Row] = []
    /// The last row that may still be among the first: what comes after it is not kept.
    private var last: CandidateScan.Row?
    /// The row that a cursor names: what comes before it is not kept.
    private var first: CandidateScan.Row?
    /// Whether rows that the order does not tell from the first come after it, where their places do not say so: they come in their order.
    private var isPastFirst = true

    init(_ terms: [RowOrder], limit: Int?, isReversed: Bool) {
        self.terms = terms
        self.limit = limit
        self.isReversed = isReversed
    }

    /// Begins the rows at the one that a cursor names.
    ///
    /// - Parameter isNumbered: whether places are the same in every scan.
    mutating func begin(at row: CandidateScan.Row, isNumbered: Bool) {
        first = row
        isPastFirst = isNumbered
    }

    /// Whether a row stands before the one that a cursor names.
    private func isBeforeFirst(
        _ place: Int64, _ order: [(register: Int, term: RowOrder)], _ registers: UnsafePointer<CellNumber>
    ) -> Bool {
        guard let first else { return false }
        for (index, (register, term)) in order.enumerated() {
            if let isBefore = term.precedes(registers[register], first.order[index]) { return isBefore }
        }
        return !isPastFirst || (isReversed ? place > first.place : place < first.place)
    }

    mutating func add(
        _ key: SQLValue, _ place: Int64, isCursor: Bool, matches: Bool, _ order: [(register: Int, term: RowOrder)],
        _ registers: UnsafePointer<CellNumber>
    ) {
        if first != nil {
            if isCursor { isPastFirst = true }
            guard matches, isCursor || !isBeforeFirst(place, order, registers) else { return }
        }
        if let last {
            for (index, (register, term)) in order.enumerated() {
                guard let isBefore = term.precedes(registers[register], last.order[index]) else { continue }
                if isBefore { break }
                return
            }
        }
        rows.append(
            CandidateScan.Row(key: key, place: place, order: order.map { registers[$0.register] }, isCursor: isCursor, matches: matches))
        // Cutting at twice the limit makes each row take part in a constant number of sorts.
        guard let limit, (rows.count - 256) / 2 >= limit else { return }
        rows = Array(sorted().prefix(limit))
        last = rows.last
    }

    func sorted() -> [CandidateScan.Row] {
        rows.sorted { left, right in
            for (index, term) in terms.enumerated() {
                if let isBefore = term.precedes(left.order[index], right.order[index]) { return isBefore }
            }
            return isReversed ? left.place > right.place : left.place < right.place
        }
    }
}

extension RowOrder {
    /// Whether one value comes before another; nil if they are equal.
    @inline(__always)
    fileprivate func precedes(_ left: CellNumber, _ right: CellNumber) -> Bool? {
        if left.kind == .null || right.kind == .null {
            return left.kind == right.kind ? nil : (nulls == .first) == (left.kind == .null)
        }
        guard let order = CellNumber.order(left, right), order != .equal else { return nil }
        return (order == .less) != isDescending
    }
}

extension ValueType {
    /// What a program reads of a column of this type; nil for what is no number.
    fileprivate var cellPart: CellProgram.Load.Part? {
        switch self {
        case .bool: .bool
        case .int, .bigInt: .integer
        case .double: .real
        case .date: .timestamp
        case .string, .enumeration, .json, .bytes, .decimal, .list: nil
        }
    }
}
