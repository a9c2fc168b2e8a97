import Prisma
import PrismaSchema

/// Random `findMany` requests for any schema, the same from the same seed, whose answers have one order.
struct RequestGenerator {
    let schema: Schema
    var random: SeededGenerator
    /// Whether the request that was made last orders by text.
    private(set) var ordersByText = false

    init(schema: Schema, seed: UInt64) {
        self.schema = schema
        random = SeededGenerator(seed: seed)
    }

    mutating func model() -> Model { random.pick(schema.models) }

    mutating func arguments(for model: Model, depth: Int = 3) -> JSON {
        ordersByText = false
        var arguments = rowArguments(for: model)
        let shape = shape(of: model, depth: depth)
        if !shape.isEmpty { arguments.merge(shape) { first, _ in first } }
        return .object(arguments)
    }

    private mutating func rowArguments(for model: Model) -> [String: JSON] {
        var arguments: [String: JSON] = ["orderBy": order(of: model)]
        if random.chance(40) { arguments["where"] = condition(on: model, depth: 2) }
        if random.chance(35) { arguments["take"] = .int(random.pick([1, 2, 5, 200, -1, -3])) }
        if random.chance(15) { arguments["skip"] = .int(random.pick([0, 1, 2])) }
        let plain = model.recordFields.filter { $0.arity != .list && [.scalar(.int), .scalar(.boolean)].contains($0.kind) }
        if random.chance(10), !plain.isEmpty { arguments["distinct"] = .array([.string(random.pick(plain).name)]) }
        return arguments
    }

    /// `include`, or `select` with some columns; both with relations, a few levels deep.
    private mutating func shape(of model: Model, depth: Int) -> [String: JSON] {
        var members: [String: JSON] = [:]
        for field in model.fields where depth > 0 && field.relation != nil && !field.isIgnored && random.chance(45) {
            guard let target = field.relation.flatMap({ schema.model(named: $0.model) }) else { continue }
            var below = shape(of: target, depth: depth - 1)
            if field.arity == .list { below.merge(rowArguments(for: target)) { first, _ in first } }
            members[field.name] = below.isEmpty ? true : .object(below)
        }
        if random.chance(20), model.fields.contains(where: { $0.relation != nil && $0.arity == .list }) { members["_count"] = true }
        guard random.chance(40) || members.isEmpty else { return ["include": .object(members)] }
        for field in model.recordFields where random.chance(40) { members[field.name] = true }
        return members.isEmpty ? [:] : ["select": .object(members)]
    }

    /// Numbers first, then the key: ties would come in any order. Nulls stand where the database has them.
    private mutating func order(of model: Model) -> JSON {
        var terms: [JSON] = []
        let numbers = model.recordFields.filter { $0.kind == .scalar(.int) && $0.arity == .required }
        if random.chance(60), !numbers.isEmpty { terms.append([random.pick(numbers).name: direction()]) }
        for name in model.identifyingFields {
            terms.append([name: direction()])
            if model.field(named: name)?.kind != .scalar(.int) { ordersByText = true }
        }
        return .array(terms)
    }

    private mutating func direction() -> JSON { random.chance(50) ? "asc" : "desc" }

    private mutating func condition(on model: Model, depth: Int) -> JSON {
        var members: [String: JSON] = [:]
        for field in model.fields where !field.isIgnored && random.chance(25) {
            switch field.kind {
            case .scalar(.int) where field.arity != .list:
                members[field.name] = [random.pick(["gt", "lte", "not"]): .int(random.pick([0, 1, 2, 3, 7]))]
            case .scalar(.boolean) where field.arity == .required: members[field.name] = .bool(random.chance(50))
            case .scalar(.string) where field.arity == .optional: members[field.name] = random.chance(50) ? .null : ["not": .null]
            case .relation(let relation) where depth > 0:
                guard let target = schema.model(named: relation.model) else { continue }
                let below = condition(on: target, depth: depth - 1)
                members[field.name] = [
                    field.arity == .list ? random.pick(["some", "none", "every"]) : random.pick(["is", "isNot"]): below
                ]
            default: break
            }
        }
        return .object(members)
    }
}
