import Foundation
import PrisMLTraining
import Prisma
import PrismaMigrate
import PrismaPostgres
import PrismaSQLite
import PrismaSchema
import ShopClient
import Synchronization
import TestSupport

/// A schema that nobody wrote: one model with a random key and random fields, and another one whose rows belong to its rows.
struct RandomSchema: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case int = "Int"
        case bigInt = "BigInt"
        case float = "Float"
        case decimal = "Decimal"
        case boolean = "Boolean"
        case dateTime = "DateTime"
        case text = "String"
        case enumeration = "Colour"
    }

    struct Field: Sendable {
        var name: String
        var kind: Kind
        var isOptional: Bool

        var type: ValueType {
            switch kind {
            case .int: .int
            case .bigInt: .bigInt
            case .float: .double
            case .decimal: .decimal
            case .boolean: .bool
            case .dateTime: .date
            case .text: .string
            case .enumeration: .enumeration("Colour")
            }
        }
    }

    /// The model's fields in their order, those of the key among them.
    private(set) var fields: [Field] = []
    private(set) var keys: [String] = []
    /// Fields that are neither key nor what rows lead to others by.
    var others: [Field] { fields.filter { !keys.contains($0.name) } }
    private var tables: [String] = []
    private var columns: [String: String] = [:]

    static let colours = ["RED", "GREEN", "dark blue"]

    init(_ random: inout RandomSequence) {
        // Names that SQL knows as words, in the database names that need quotes.
        var names = ["order", "value", "group", "select", "total", "isNull", "t0", "case", "limit", "kind"].shuffled(using: &random)
        keys = Array(["key", "position"].prefix(1 + random.next(below: 2)))
        fields = keys.map { Field(name: $0, kind: random.pick([.int, .bigInt]), isOptional: false) }
        let first = Field(name: names.removeLast(), kind: random.pick([.int, .bigInt, .float]), isOptional: false)
        let more = names.prefix(1 + random.next(below: 6)).map { name in
            Field(name: name, kind: random.pick(Kind.allCases), isOptional: random.next(below: 2) == 0)
        }
        for field in [first] + more { fields.insert(field, at: random.next(below: UInt32(fields.count + 1))) }
        tables = random.next(below: 2) == 0 ? ["Thing", "Part"] : ["the \"things\"", "Parts of things"]
        for field in fields where random.next(below: 3) == 0 { columns[field.name] = "\(field.name) \"of\" it" }
    }

    func text(_ dialect: SQLDialect) -> String {
        let sizes = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.kind.rawValue) })
        func map(_ name: String) -> String {
            columns[name].map { " @map(\"\($0.replacingOccurrences(of: "\"", with: "\\\""))\")" } ?? ""
        }
        let lines = fields.map { field in
            "  \(field.name) \(field.kind.rawValue)\(field.isOptional ? "?" : "")\(keys == [field.name] ? " @id" : "")\(map(field.name))"
        }
        let key = keys.joined(separator: ", ")
        let table = tables.map { $0.replacingOccurrences(of: "\"", with: "\\\"") }
        return """
            datasource db {
              provider = "\(dialect == .sqlite ? "sqlite" : "postgresql")"
              url      = "\(dialect == .sqlite ? "file:./x.db" : "postgresql://localhost/x")"
            }

            enum Colour {
              RED
              GREEN
              DARK_BLUE @map("dark blue")
            }

            model Thing {
            \(lines.joined(separator: "\n"))
              parts Part[]
            \(keys.count > 1 ? "  @@id([\(key)])" : "")
              @@map("\(table[0])")
            }

            model Part {
              id     Int @id
              amount Float?
            \(keys.map { "  of_\($0) \(sizes[$0] ?? "Int")" }.joined(separator: "\n"))
              thing  Thing @relation(fields: [\(keys.map { "of_\($0)" }.joined(separator: ", "))], references: [\(key)], onDelete: Cascade)
              @@map("\(table[1])")
            }
            """
    }

    /// A database with the schema's tables, filled with rows in which much is missing and much is the same.
    func shop(_ dialect: SQLDialect, _ random: inout RandomSequence) async throws -> Shop {
        let schema = try Schema(parsing: text(dialect))
        let shop = try await Shop.make(dialect, schema: schema)
        RandomRow.shape.withLock { $0 = fields }
        var things: [RawRow] = []
        var parts: [RawRow] = []
        for number in 1...45 {
            var values = fields.map { (field: $0.name, value: value(of: $0, &random)) }
            for (index, key) in keys.enumerated() {
                let part = keys.count == 1 ? number : index == 0 ? number / 4 : number % 4
                if let place = values.firstIndex(where: { $0.field == key }) { values[place].value = .int(Int64(part)) }
            }
            things.append(RawRow(values: values))
            let owner = keys.compactMap { key in values.first { $0.field == key }.map { (field: "of_\(key)", value: $0.value) } }
            for _ in 0..<random.next(below: 4) {
                let amount: SQLValue = random.next(below: 3) == 0 ? .null : .double(Double(random.next(below: 8)) / 2)
                parts.append(RawRow(values: [("id", .int(Int64(parts.count + 1))), ("amount", amount)] + owner))
            }
        }
        try await ModelQueries<RandomRow>(shop.prisma.engine).createMany(things.shuffled(using: &random))
        try await ModelQueries<RandomPart>(shop.prisma.engine).createMany(parts)
        return shop
    }

    private func value(of field: Field, _ random: inout RandomSequence) -> SQLValue {
        if field.isOptional, random.next(below: 3) == 0 { return .null }
        return switch field.kind {
        case .int, .bigInt: .int(Int64(random.next(below: 8)) - 2)
        case .float: .double(Double(random.next(below: 9)) / 2 - 1)
        case .decimal: .decimal(Decimal(random.next(below: 30)) / 10)
        case .boolean: .bool(random.next(below: 2) == 0)
        case .dateTime: .timestamp(microseconds: Shop.day(-Double(random.next(below: 120)) / 4).microsecondsSince1970)
        case .text: .text(random.pick(["", "ann", "bob", "Zoë", "ann@a.com"]))
        case .enumeration: .text(random.pick(Self.colours))
        }
    }
}

/// A new row of any model.
struct RawRow: CreateInput {
    var values: [(field: String, value: SQLValue)]

    func write(to values: inout CreateValues) {
        for (field, value) in self.values { values.set(field, raw: value) }
    }
}

/// A row of a model that is known at run time only.
struct RandomRow: Record {
    /// The fields of the schema that is tried now.
    static let shape = Mutex<[RandomSchema.Field]>([])

    struct Columns: ModelColumns {
        let rowScope: RowScope

        init(scope: RowScope) { rowScope = scope }

        func column(_ field: RandomSchema.Field) -> ExpressionNode {
            .column(ColumnReference(depth: rowScope.depth, model: rowScope.model, field: field.name, type: field.type))
        }

        /// The field as a number, null where it is none.
        func number(_ field: RandomSchema.Field) -> RowExpression<Double?> {
            let column = column(field)
            return field.kind == .float ? RowExpression(node: column) : RowExpression(node: .cast(column, .double))
        }

        func days(since field: RandomSchema.Field) -> RowExpression<Double?> {
            RowExpression(node: .dateDifference(from: column(field), to: .now, unit: 86_400_000_000))
        }

        func isOne(of texts: [String], _ field: RandomSchema.Field) -> RowExpression<Bool> {
            RowExpression(node: .membership(column(field), texts.map(SQLValue.text), field.type))
        }

        /// An aggregate of what belongs to the row.
        func parts(_ kind: RelationAggregate.Kind) -> ExpressionNode {
            let amount = ExpressionNode.column(ColumnReference(depth: rowScope.depth + 1, model: "Part", field: "amount", type: .double))
            return .aggregate(
                RelationAggregate(
                    kind: kind, depth: rowScope.depth, model: rowScope.model, field: "parts", target: "Part",
                    value: kind == .count ? nil : amount))
        }
    }

    typealias Create = RawRow

    static let modelName = "Thing"
    private let values: [SQLValue]

    init(row: inout SQLRow) throws(PrismaError) {
        var values: [SQLValue] = []
        for field in Self.shape.withLock({ $0 }) { values.append(try row.value(of: field.type)) }
        self.values = values
    }

    func value(at index: Int) -> SQLValue { values.indices.contains(index) ? values[index] : .null }

    func value(of name: String) -> SQLValue {
        Self.shape.withLock { $0.firstIndex { $0.name == name } }.map(value(at:)) ?? .null
    }

    init(from decoder: any Decoder) throws { values = [] }

    func encode(to encoder: any Encoder) throws {}
}

/// A row of those that belong to others.
private struct RandomPart: Record {
    struct Columns: ModelColumns {
        let rowScope: RowScope

        init(scope: RowScope) { rowScope = scope }
    }

    typealias Create = RawRow

    static let modelName = "Part"

    init(row: inout SQLRow) throws(PrismaError) {}

    func value(at index: Int) -> SQLValue { .null }
}

extension DifferentialSubject where Model == RandomRow {
    /// The rows of a random schema.
    static func random(_ schema: RandomSchema) -> Self {
        func number(_ field: RandomSchema.Field) -> Term<RandomRow> {
            Term(optional: field.name, [-1, 0, 0.5, 1, 2, 3], { $0.number(field) }) { $0.row.value(of: field.name).asDouble }
        }
        let keys = schema.keys.compactMap { key in schema.fields.first { $0.name == key } }.map(number)
        let numbers = schema.others.filter { [.int, .bigInt, .float, .decimal].contains($0.kind) }
        let dates = schema.others.filter { $0.kind == .dateTime }
        let days = dates.map { field in
            Term<RandomRow>(
                optional: "days since \(field.name)", [5, 10, 20.25], { $0.days(since: field) }
            ) { row in
                guard case .timestamp(let microseconds) = row.row.value(of: field.name) else { return nil }
                return Double(Shop.clock.microsecondsSince1970 - microseconds) / 86_400_000_000
            }
        }
        let flags = schema.others.filter { $0.kind == .boolean }
        let texts = schema.others.filter { [.text, .enumeration].contains($0.kind) }
        func known(_ field: RandomSchema.Field) -> [String] {
            field.kind == .text ? ["ann", "bob", "Zoë"] : RandomSchema.colours
        }
        var features: [FeatureChoice<RandomRow>] = numbers.map { field in .number(field.name, [-1, 0, 0.5, 1, 2], { $0.number(field) }) }
        for field in dates {
            features.append(.number("days since \(field.name)", [5, 10, 20.25]) { $0.days(since: field) })
        }
        for field in flags { features.append(.number(field.name, [0.5, 1]) { RowExpression<Bool?>(node: $0.column(field)) }) }
        for field in texts { features.append(.text(field.name, known(field)) { RowExpression<String?>(node: $0.column(field)) }) }
        features += [
            .number("parts", [0, 1, 2]) { RowExpression<Int>(node: $0.parts(.count)) },
            .number("amount", [0, 1, 2.5]) { RowExpression<Double?>(node: $0.parts(.sum)) },
            .number("most", [0, 1, 2.5]) { RowExpression<Double?>(node: $0.parts(.maximum)) },
        ]
        var atoms: [RandomCondition<RandomRow>] = flags.map { field in
            .atom(field.name, { RowExpression(node: $0.column(field)) }) { row in
                if case .bool(let value) = row.row.value(of: field.name) { value } else { nil }
            }
        }
        for field in texts {
            let some = Array(known(field).prefix(2))
            atoms.append(
                .atom("\(field.name) in \(some)", { $0.isOne(of: some, field) }) { row in
                    if case .text(let value) = row.row.value(of: field.name) { some.contains(value) } else { nil }
                })
        }
        let distinct = schema.others.filter { [.boolean, .text, .enumeration, .int, .bigInt].contains($0.kind) }
        return Self(
            queries: { ModelQueries<RandomRow>($0.engine) },
            key: { row in schema.keys.map { Int(row.value(of: $0).asDouble ?? -1) } },
            isRow: { columns, row in
                let parts = schema.keys.compactMap { key in schema.fields.first { $0.name == key } }.map { field -> ExpressionNode in
                    .binary(.equal, columns.column(field), .literal(row.value(of: field.name), field.type))
                }
                return RowExpression(node: parts.dropFirst().reduce(parts[0]) { .binary(.and, $0, $1) })
            },
            keyTerms: (keys[0], keys[keys.count - 1]), features: features, terms: numbers.map(number) + days, atoms: atoms, orders: [],
            distinct: distinct.map { field in
                (field.name, { RowExpression<Int>(node: $0.column(field)).column }, { "\($0.value(of: field.name))" })
            },
            group: numbers.map(number).first ?? keys[0])
    }
}
