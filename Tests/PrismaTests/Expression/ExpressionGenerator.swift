import Prisma
import PrismaSchema

/// Random expressions that a compiler would accept: every kind of node and every operator, over the models of a schema.
///
/// What it leaves out is what `docs/expressions.md` lists as limits: doubles are computed with where results stay in their range, and
/// summed where the sum does not depend on the order of the rows.
struct ExpressionGenerator {
    /// What a value can be, as far as operators tell values apart.
    enum Kind: CaseIterable {
        case bool, integer, double, string, date, plan, decimal, bytes, json
        /// Doubles that can be computed with: no result is near the limits.
        case moderate
        /// Doubles whose sums are exact.
        case exact
    }

    private let schema: Schema
    private var random: SeededGenerator
    private var scopes: [Model] = []

    init(schema: Schema, seed: UInt64) {
        self.schema = schema
        random = SeededGenerator(seed: seed)
    }

    /// An expression about a row of a model.
    mutating func expression(on model: String) -> ExpressionNode {
        scopes = [schema.model(named: model)].compactMap(\.self)
        let kind = random.pick(Kind.allCases)
        return node(kind, random.pick([1, 2, 3, 3, 4, 5]))
    }

    mutating func model() -> String {
        random.pick(["User", "User", "User", "User", "Order", "Order", "Item", "ItemNote", "Profile", "Post", "Tag"])
    }

    // MARK: - Values

    private mutating func node(_ kind: Kind, _ depth: Int) -> ExpressionNode {
        if depth <= 0 { return leaf(kind) }
        // What every type has.
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: return leaf(kind)
        case 12..<18: return .binary(.coalesce, node(kind, depth - 1), node(kind, depth - 1))
        case 18..<24: return .conditional(node(.bool, depth - 1), then: node(kind, depth - 1), else: node(kind, depth - 1))
        case 24..<32:
            if let node = first(kind, depth) { return node }
        case 32..<40 where kind != .bool && kind != .plan && kind != .bytes && kind != .json:
            if random.chance(50) { return .binary(random.pick([.least, .greatest]), node(kind, depth - 1), node(kind, depth - 1)) }
            if let node = aggregate(random.pick([.minimum, .maximum]), { $0.node(kind, depth - 1) }, depth) { return node }
        default: break
        }
        switch kind {
        case .bool: return bool(depth)
        case .integer: return integer(depth)
        case .double: return random.chance(30) ? anyDouble(depth) : node(.moderate, depth)
        case .moderate: return moderate(depth)
        case .exact: return exact(depth)
        case .string: return string(depth)
        case .date: return date(depth)
        case .json: return .structure(.json(path: path()), [node(.json, depth - 1)])
        case .plan, .decimal, .bytes: return leaf(kind)
        }
    }

    /// A way into one of the constants, most of the time.
    private mutating func path() -> [String] {
        random.pick([
            ["a"], ["a"], ["b"], ["b", "c"], ["0"], ["1"], ["-1"], ["-9"], ["a", "0"], ["0", "a"], ["none"], ["1", "-1"], ["é\"."], [],
        ])
    }

    private mutating func leaf(_ kind: Kind) -> ExpressionNode {
        if random.chance(65), let column = column(kind) { return column }
        return constant(kind)
    }

    private mutating func constant(_ kind: Kind) -> ExpressionNode {
        let isNull = random.chance(6)
        func literal(_ value: SQLValue, _ type: ValueType) -> ExpressionNode { .literal(isNull ? .null : value, type) }
        switch kind {
        case .bool: return literal(.bool(random.chance(50)), .bool)
        case .integer:
            return random.chance(60)
                ? literal(.int(random.pick(EdgeValues.ints)), .int) : literal(.int(random.pick(EdgeValues.bigInts)), .bigInt)
        case .double: return literal(.double(random.chance(4) ? .nan : random.pick(EdgeValues.doubles)), .double)
        case .moderate, .exact: return literal(.double(random.pick(EdgeValues.exactDoubles)), .double)
        case .string: return literal(.text(random.pick(EdgeValues.strings)), .string)
        case .date: return random.chance(20) ? .now : literal(.timestamp(microseconds: random.pick(EdgeValues.dates)), .date)
        case .plan: return literal(random.pick(EdgeValues.plans).sqlValue, .enumeration("Plan"))
        case .decimal: return literal(.decimal(random.pick(EdgeValues.decimals)), .decimal)
        case .bytes: return literal(.bytes(random.pick(EdgeValues.bytes)), .bytes)
        case .json: return literal(random.pick(EdgeValues.json).sqlValue, .json)
        }
    }

    /// A column of one of the rows in scope, the innermost most of the time.
    private mutating func column(_ kind: Kind) -> ExpressionNode? {
        let depth = random.chance(70) ? scopes.count - 1 : Int.random(in: 0..<scopes.count, using: &random)
        let fields = scopes[depth].recordFields.filter { kind.has($0) }
        guard !fields.isEmpty, let type = random.pick(fields).valueType else { return nil }
        let field = random.pick(fields.filter { $0.valueType == type })
        return .column(ColumnReference(depth: depth, model: scopes[depth].name, field: field.name, type: type))
    }

    // MARK: - Operators

    private mutating func bool(_ depth: Int) -> ExpressionNode {
        let next = depth - 1
        switch Int.random(in: 0..<21, using: &random) {
        case 20:
            return .structure(
                .jsonContains, [node(.json, next), .literal(JSON.array(random.pick(EdgeValues.jsonElements)).sqlValue, .json)])
        case 0: return .unary(.not, node(.bool, next))
        case 1, 2: return .binary(.and, node(.bool, next), node(.bool, next))
        case 3, 4: return .binary(.or, node(.bool, next), node(.bool, next))
        case 5: return .unary(.isNull, node(random.pick(Kind.allCases), next))
        case 6:
            let kind = random.pick(Kind.allCases.filter { $0 != .json })
            return .binary(.distinct, node(kind, next), node(kind, next))
        case 7, 8, 9:
            let kind = random.pick([Kind.integer, .double, .string, .date, .decimal])
            return .binary(random.pick([.less, .lessOrEqual, .greater, .greaterOrEqual]), node(kind, next), node(kind, next))
        case 10, 11:
            let kind = random.pick(Kind.allCases.filter { $0 != .json })
            return .binary(random.pick([.equal, .notEqual]), node(kind, next), node(kind, next))
        case 12: return membership(next)
        case 13, 14:
            return .binary(random.pick([.contains, .hasPrefix, .hasSuffix]), node(.string, next), node(.string, next))
        case 15:
            let op = random.pick([BinaryOperator.contains, .hasPrefix, .hasSuffix, .equal])
            return .binary(op, .unary(.lowercased, node(.string, next)), .unary(.lowercased, leaf(.string)))
        default:
            return aggregate(random.pick([.some, .none, .every]), { $0.node(.bool, next) }, depth) ?? leaf(.bool)
        }
    }

    private mutating func membership(_ depth: Int) -> ExpressionNode {
        let kind = random.pick([Kind.integer, .string, .date, .plan, .double, .decimal, .bytes, .bool])
        let operand = node(kind, depth)
        var values: [SQLValue] = []
        for _ in 0..<random.pick([0, 1, 2, 5]) {
            // Constants of an API are never null; those of a request may be.
            if case .literal(let value, _) = constant(kind), !value.isNull || random.chance(30) { values.append(value) }
        }
        return .membership(operand, values, operand.type)
    }

    private mutating func integer(_ depth: Int) -> ExpressionNode {
        let next = depth - 1
        switch Int.random(in: 0..<18, using: &random) {
        case 0, 1, 2, 3, 4:
            let op = random.pick([BinaryOperator.add, .subtract, .multiply, .divide, .remainder])
            return .binary(op, node(.integer, next), node(.integer, next))
        case 5: return .unary(random.pick([.negate, .absolute]), node(.integer, next))
        case 6: return .unary(.length, node(.string, next))
        case 7, 8: return .datePart(random.pick(DatePart.allCases), node(.date, next))
        case 9: return .cast(node(.bool, next), .bigInt)
        case 10: return .cast(node(.double, next), .bigInt)
        case 11: return .cast(node(.string, next), .bigInt)
        case 12: return aggregate(.sum, { $0.node(.integer, next) }, depth) ?? leaf(.integer)
        case 13:
            let kind = random.pick(Kind.allCases.filter { $0 != .json })
            return aggregate(.countDistinct, { $0.node(kind, next) }, depth) ?? leaf(.integer)
        default: return aggregate(.count, nil, depth) ?? leaf(.integer)
        }
    }

    private mutating func anyDouble(_ depth: Int) -> ExpressionNode {
        let next = depth - 1
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .unary(random.pick([.negate, .absolute]), node(.double, next))
        case 1, 2: return .unary(random.pick([.floor, .ceiling, .rounded]), node(.double, next))
        case 3: return .cast(node(.string, next), .double)
        case 4: return .cast(node(.decimal, next), .double)
        default: return .cast(node(.integer, next), .double)
        }
    }

    private mutating func moderate(_ depth: Int) -> ExpressionNode {
        let next = depth - 1
        switch Int.random(in: 0..<10, using: &random) {
        case 9: return .structure(.jsonNumber(path: path()), [node(.json, next)])
        case 0, 1, 2, 3: return .binary(random.pick([.add, .subtract, .multiply, .divide]), node(.moderate, next), node(.moderate, next))
        case 4: return .unary(random.pick([.negate, .absolute, .floor, .ceiling, .rounded]), node(.moderate, next))
        case 5: return .cast(node(.integer, next), .double)
        case 6:
            let unit = random.pick([86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000] as [Int64])
            return .dateDifference(from: node(.date, next), to: node(.date, next), unit: unit)
        case 7:
            let kind = random.pick([Kind.integer, .exact])
            return aggregate(.average, { $0.node(kind, kind == .exact ? 1 : next) }, depth) ?? leaf(.moderate)
        default: return node(.exact, depth)
        }
    }

    private mutating func exact(_ depth: Int) -> ExpressionNode {
        if random.chance(30) { return aggregate(.sum, { $0.leaf(.exact) }, depth) ?? leaf(.exact) }
        return .binary(random.pick([.add, .subtract]), leaf(.exact), leaf(.exact))
    }

    private mutating func string(_ depth: Int) -> ExpressionNode {
        let next = depth - 1
        switch Int.random(in: 0..<10, using: &random) {
        case 9: return .structure(.jsonText(path: path()), [node(.json, next)])
        case 0, 1: return .unary(random.pick([.lowercased, .uppercased, .trimmed]), node(.string, next))
        case 2, 3: return .binary(.concatenate, node(.string, next), node(.string, next))
        case 4, 5:
            let separator = random.chance(80) ? random.pick(["@", "a", "b", "é", "e\u{301}", " ", "."]) : random.pick(EdgeValues.strings)
            return .partAfter(node(.string, next), separator: separator)
        case 6: return .cast(node(.plan, next), .string)
        default: return .cast(node(random.pick([.integer, .bool]), next), .string)
        }
    }

    private mutating func date(_ depth: Int) -> ExpressionNode {
        let operand = node(.date, depth - 1)
        if random.chance(50) { return .startOf(random.pick(DateUnit.allCases), operand) }
        return .shifted(operand, microseconds: random.pick(EdgeValues.spans))
    }

    // MARK: - Relations

    private mutating func first(_ kind: Kind, _ depth: Int) -> ExpressionNode? {
        aggregate(.first, { $0.node(kind, depth - 1) }, depth)
    }

    /// An aggregate over a relation of one of the rows in scope; nil if none has any.
    private mutating func aggregate(
        _ kind: RelationAggregate.Kind, _ value: ((inout ExpressionGenerator) -> ExpressionNode)?, _ depth: Int
    ) -> ExpressionNode? {
        let outer = scopes
        defer { scopes = outer }
        let level = random.chance(70) ? scopes.count - 1 : Int.random(in: 0..<scopes.count, using: &random)
        let relations = scopes[level].fields.filter { $0.relation != nil }
        guard !relations.isEmpty, scopes.count < 5 else { return nil }
        let field = random.pick(relations)
        guard let relation = field.relation, let target = schema.model(named: relation.model) else { return nil }
        let model = scopes[level].name
        scopes = scopes[...level] + [target]
        var aggregate = RelationAggregate(kind: kind, depth: level, model: model, field: field.name, target: target.name)
        if random.chance(50) { aggregate.filter = node(.bool, depth - 1) }
        switch kind {
        case .some, .none: if aggregate.filter == nil, random.chance(70) { aggregate.filter = value?(&self) }
        default: aggregate.value = value?(&self)
        }
        // A relation to many needs an order to have a first row.
        if kind == .first, field.arity == .list || random.chance(20) {
            for _ in 0..<random.pick([1, 1, 2]) {
                let kind = random.pick([Kind.integer, .double, .string, .date, .plan, .bool, .decimal])
                aggregate.order.append(
                    RowOrder(node(kind, random.pick([0, 0, 1])), descending: random.chance(50), nulls: random.pick([nil, .first, .last])))
            }
        }
        return .aggregate(aggregate)
    }
}

extension ExpressionGenerator.Kind {
    /// Whether a field's values are of this kind.
    fileprivate func has(_ field: Field) -> Bool {
        switch (self, field.valueType) {
        case (.bool, .bool), (.integer, .int), (.integer, .bigInt), (.double, .double), (.string, .string), (.date, .date),
            (.plan, .enumeration), (.decimal, .decimal), (.bytes, .bytes), (.json, .json):
            true
        case (.moderate, .double), (.exact, .double): field.name == "discount" || field.name == "price"
        default: false
        }
    }
}
