import Foundation
import Prisma
import PrismaSchema

/// Puts a schema through what the dynamic client does: rows of every model, found, changed and grouped by each of their fields.
struct SchemaTrial {
    let schema: Schema
    let engine: PrismaEngine
    /// What was not as it should be.
    private(set) var problems: [String] = []
    /// The rows that were made.
    private(set) var rows: [String: [JSON]] = [:]
    private(set) var asked = 0

    private let queries: DynamicQueries
    private static let rowsOfEach = 3

    init(_ engine: PrismaEngine) {
        self.engine = engine
        schema = engine.schema
        queries = DynamicQueries(engine)
    }

    /// The models that the client makes: it cannot fill a required column that it does not support.
    var models: [Model] {
        schema.models.filter { model in
            !model.isIgnored && !model.fields.contains { $0.kind.isUnsupported && $0.arity == .required && $0.default == nil }
        }
    }

    mutating func run() async {
        await makeRows()
        for model in models {
            for row in rows[model.name] ?? [] { await findsByKeys(model, row) }
            await asksForFields(model)
            await changesFields(model)
            await connectsPairs(model)
        }
        await includesInAllWays()
        await removesAll()
    }

    private mutating func ask(_ action: String, _ model: Model, _ arguments: JSON, allowing codes: [PrismaError.Code] = []) async -> JSON? {
        asked += 1
        do {
            return try await queries.run(action, on: model.name, arguments)
        } catch let error as PrismaError where codes.contains(error.code) {
            return nil
        } catch {
            problems.append("\(action) \(model.name) \(arguments.text.prefix(600)): \(error)")
            return nil
        }
    }

    private mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { problems.append(what()) }
    }

    // MARK: - Making rows

    /// Models whose required relations lead to rows come first.
    private mutating func makeRows() async {
        var left = models
        while !left.isEmpty {
            var later: [Model] = []
            for model in left {
                let waits = model.fields.contains { field in
                    guard let relation = field.relation, relation.holdsForeignKey else { return false }
                    guard relation.fields.contains(where: { model.field(named: $0)?.arity == .required }) else { return false }
                    return rows[relation.model] == nil && relation.model != model.name
                }
                if waits { later.append(model) } else { await makeRows(of: model) }
            }
            guard later.count < left.count else {
                problems.append("no row can be first among \(later.map(\.name).joined(separator: ", "))")
                return
            }
            left = later
        }
    }

    private mutating func makeRows(of model: Model) async {
        rows[model.name] = []
        for number in 1...Self.rowsOfEach {
            guard let data = data(for: model, number) else { continue }
            // Few values make few rows where a unique key is made of a Boolean.
            guard let made = await ask("create", model, ["data": .object(data)], allowing: number > 1 ? [.uniqueViolation] : []) else {
                continue
            }
            for (name, value) in data {
                expect(made[name] == value, "\(model.name).\(name) was \(value.text), and is \((made[name] ?? .null).text)")
            }
            rows[model.name]?.append(made)
        }
        expect(rows[model.name]?.isEmpty == false, "\(model.name) has no row")
    }

    /// A value for each field; nil where there is no row that it has to point to.
    private func data(for model: Model, _ number: Int) -> [String: JSON]? {
        var data: [String: JSON] = [:]
        for field in model.fields {
            guard let relation = field.relation, relation.holdsForeignKey else { continue }
            if relation.model == model.name, field.arity == .required {
                // Its own row is the only one that is there for certain.
                for (name, reference) in zip(relation.fields, relation.references) {
                    guard let referenced = model.field(named: reference), let value = SampleValue(referenced, schema).json(number) else {
                        return nil
                    }
                    data[name] = value
                    data[reference] = value
                }
                continue
            }
            let candidates = rows[relation.model] ?? []
            let fitting = candidates.indices.map { candidates[(number - 1 + $0) % candidates.count] }.first { row in
                zip(relation.fields, relation.references).allSatisfy { data[$0] == nil || data[$0] == row[$1] }
            }
            // The columns may be required where the relation is not.
            let isRequired = relation.fields.contains { model.field(named: $0)?.arity == .required }
            // Not each row that may lead to another one does.
            guard let fitting, isRequired || number < 3 else {
                if isRequired { return nil }
                continue
            }
            for (name, reference) in zip(relation.fields, relation.references) { data[name] = fitting[reference] ?? .null }
        }
        let foreign = Set(model.fields.compactMap(\.relation).filter(\.holdsForeignKey).flatMap(\.fields))
        for field in model.recordFields where data[field.name] == nil && !foreign.contains(field.name) {
            // What has a default, or needs no value, gets one in every other row.
            let canBeLeftOut = field.default != nil || field.isUpdatedAt || field.arity != .required
            if canBeLeftOut, number % 2 == 0 || field.default == .function(.autoincrement) { continue }
            guard let value = SampleValue(field, schema).json(number) else { continue }
            data[field.name] = value
        }
        return data
    }

    // MARK: - Asking

    private mutating func findsByKeys(_ model: Model, _ row: JSON) async {
        for key in [model.primaryKey].compactMap(\.self).map(\.fields) + model.uniques.map(\.fields) {
            let names = key.map(\.name)
            guard names.allSatisfy({ row[$0] != nil && row[$0] != .null }) else { continue }
            let values = Dictionary(uniqueKeysWithValues: names.map { ($0, row[$0] ?? .null) })
            let condition: JSON = names.count == 1 ? .object(values) : [names.joined(separator: "_"): .object(values)]
            let found = await ask("findUnique", model, ["where": condition])
            expect(found == row, "findUnique \(model.name) \(condition.text) gave \((found ?? .null).text) for \(row.text)")
        }
    }

    private mutating func asksForFields(_ model: Model) async {
        let made = rows[model.name] ?? []
        expect(await ask("count", model, [:]) == .int(Int64(made.count)), "count \(model.name)")
        for field in model.recordFields {
            let sample = SampleValue(field, schema)
            let value = made.first?[field.name] ?? .null
            // A list that was not given is NULL in the database, which equals nothing.
            if sample.canBeCompared, value != .null || field.arity != .required, value != [] {
                let condition: JSON = field.arity == .list ? ["equals": value] : value
                let found = await ask("findMany", model, ["where": [field.name: condition]])
                expect(
                    found?.array?.contains(made.first ?? .null) == true, "\(model.name).\(field.name) = \(value.text) does not find the row"
                )
            }
            guard sample.canBeCompared, field.arity != .list else { continue }
            let sorted = await ask("findMany", model, ["orderBy": [field.name: "desc"], "select": [field.name: true]])
            expect(sorted?.array?.count == made.count, "orderBy \(model.name).\(field.name)")
            let groups = await ask("groupBy", model, ["by": [.string(field.name)], "_count": true])
            let total = groups?.array?.reduce(Int64(0)) { total, group in
                if case .int(let count)? = group["_count"] { total + count } else { total }
            }
            expect(total == Int64(made.count), "groupBy \(model.name).\(field.name)")
        }
    }

    private mutating func changesFields(_ model: Model) async {
        guard let row = rows[model.name]?.first, let condition = key(of: model, row) else { return }
        let keys = Set(model.identifyingFields + model.fields.compactMap(\.relation).flatMap { $0.fields })
        for field in model.recordFields where !keys.contains(field.name) && !field.isUpdatedAt {
            guard let value = SampleValue(field, schema).json(5), let old = row[field.name] else { continue }
            let changed = await ask("update", model, ["where": condition, "data": [field.name: value]])
            expect(
                changed?[field.name] == value,
                "update \(model.name).\(field.name) to \(value.text) gave \((changed?[field.name] ?? .null).text)")
            let back: JSON = field.kind == .scalar(.json) && field.arity != .list && old == .null ? ["$special": "DbNull"] : old
            let restored = await ask("update", model, ["where": condition, "data": [field.name: back]])
            expect(
                restored?[field.name] == old,
                "update \(model.name).\(field.name) back to \(old.text) gave \((restored?[field.name] ?? .null).text)")
        }
    }

    /// Implicit many-to-many relations.
    private mutating func connectsPairs(_ model: Model) async {
        guard let row = rows[model.name]?.first, let condition = key(of: model, row) else { return }
        for field in model.fields {
            guard let relation = field.relation, relation.joinTable != nil, let target = schema.model(named: relation.model),
                let other = rows[target.name]?.first, let otherKey = key(of: target, other)
            else { continue }
            let include: JSON = [field.name: true]
            let connected = await ask(
                "update", model, ["where": condition, "data": [field.name: ["connect": otherKey]], "include": include])
            expect(
                connected?[field.name]?.array?.contains { key(of: target, $0) == otherKey } == true,
                "\(model.name).\(field.name) was not connected")
            let filtered = await ask("count", model, ["where": [field.name: ["some": otherKey]]])
            expect(filtered == 1, "\(model.name).\(field.name) some")
        }
    }

    private func key(of model: Model, _ row: JSON) -> JSON? {
        let names = model.identifyingFields
        let values = Dictionary(uniqueKeysWithValues: names.map { ($0, row[$0] ?? .null) })
        return names.isEmpty ? nil : names.count == 1 ? .object(values) : [names.joined(separator: "_"): .object(values)]
    }

    // MARK: - Relations

    private mutating func includesInAllWays() async {
        var generator = RequestGenerator(schema: schema, seed: 1)
        let known = Set(models.map(\.name))
        let ways = PrismaEngine.RelationLoadStrategy.allCases.map { strategy in
            var options = engine.options
            options.relationLoadStrategy = strategy
            return DynamicQueries(PrismaEngine(database: engine.database, schema: schema, options: options))
        }
        for model in models where known.contains(model.name) {
            for _ in 0..<3 {
                let arguments = generator.arguments(for: model)
                asked += ways.count
                do {
                    var answers: [JSON] = []
                    for way in ways { answers.append(try await way.run("findMany", on: model.name, arguments)) }
                    expect(answers.allSatisfy { $0 == answers[0] }, "\(model.name) \(arguments.text): the ways differ")
                } catch {
                    problems.append("findMany \(model.name) \(arguments.text.prefix(600)): \(error)")
                }
            }
        }
    }

    /// Rows that others point to go after those, or with them.
    private mutating func removesAll() async {
        for _ in models.indices {
            var isEmpty = true
            for model in models.reversed() {
                _ = await ask("deleteMany", model, [:], allowing: [.foreignKeyViolation, .relationViolation])
                if await ask("count", model, [:]) != 0 { isEmpty = false }
            }
            if isEmpty { return }
        }
        problems.append("not all rows could be removed")
    }
}

extension Field.Kind {
    var isUnsupported: Bool { if case .unsupported = self { true } else { false } }
}
