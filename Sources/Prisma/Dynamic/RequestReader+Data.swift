internal import PrismaSchema

// `data`: values of columns, and operations on relations inside.

extension RequestReader {
    /// The data of a new row.
    func createPlan(_ input: QueryInput, _ model: Model) throws(PrismaError) -> CreatePlan {
        let input = input.of(model.name)
        let fields = fields(of: model)
        let names = try input.names(fields.map(\.name))
        var plan = CreatePlan(model: model.name)
        for field in fields where names.contains(field.name) {
            guard let value = input.member(field.name) else { continue }
            if let relation = field.relation {
                let known = ["create", "connectOrCreate", "connect"] + (field.arity == .list ? ["createMany"] : [])
                plan.values.add(RelationWrite(field.name, try nested(value, field, relation, known)))
            } else {
                plan.values.set(field.name, raw: try newValue(value, field))
            }
        }
        return plan
    }

    private func newValue(_ input: QueryInput, _ field: Field) throws(PrismaError) -> SQLValue {
        guard field.arity == .list, input.json.object != nil else { return try input.value(of: field, in: schema) }
        try input.names(["set"])
        return try (input.member("set") ?? input).value(of: field, in: schema)
    }

    /// What an update does to a row.
    func updatePlan(_ input: QueryInput, _ model: Model, columnsOnly: Bool = false) throws(PrismaError) -> UpdatePlan {
        let input = input.of(model.name)
        let fields = fields(of: model).filter { !columnsOnly || $0.relation == nil }
        let names = try input.names(fields.map(\.name))
        var plan = UpdatePlan(model: model.name)
        for field in fields where names.contains(field.name) {
            guard let value = input.member(field.name) else { continue }
            if let relation = field.relation {
                plan.relations.append(RelationWrite(field.name, try nested(value, field, relation, Self.updates(of: field))))
            } else {
                plan.assignments.append(FieldAssignment(field.name, try change(value, field, model)))
            }
        }
        return plan
    }

    /// A value, or `{"increment": 1}` and its like.
    private func change(_ input: QueryInput, _ field: Field, _ model: Model) throws(PrismaError) -> ExpressionNode {
        let column = try column(field, of: model)
        guard let object = input.json.object, input.specialNull == nil, field.scalar != .json || object.keys.elementsEqual(["set"]) else {
            return .literal(try input.value(of: field, in: schema), column.type)
        }
        let isNumber = [.int, .bigInt, .float, .decimal].contains(field.scalar) && field.arity != .list
        let known = ["set"] + (isNumber ? ["increment", "decrement", "multiply", "divide"] : []) + (field.arity == .list ? ["push"] : [])
        let names = try input.names(known)
        guard let name = names.first, names.count == 1, let value = input.member(name) else {
            throw input.invalid("this should be one of \(known.joined(separator: ", ")).")
        }
        switch name {
        case "set": return .literal(try value.value(of: field, in: schema), column.type)
        case "push":
            let values = value.json.array == nil ? [try value.element(of: field, in: schema)] : try value.list(of: field, in: schema)
            return .structure(.append, [column, .literal(.list(values), column.type)])
        default:
            let operators: [String: BinaryOperator] = [
                "increment": .add, "decrement": .subtract, "multiply": .multiply, "divide": .divide,
            ]
            return .binary(operators[name] ?? .add, column, .literal(try value.element(of: field, in: schema), column.type))
        }
    }

    // MARK: Relations

    private static func updates(of field: Field) -> [String] {
        let all = [
            "set", "disconnect", "delete", "deleteMany", "update", "updateMany", "upsert", "create", "createMany", "connectOrCreate",
            "connect",
        ]
        if field.arity == .list { return all }
        let ofOne = all.filter { !$0.hasSuffix("Many") && $0 != "set" }
        // A row whose key must be there cannot lose it.
        guard field.arity == .required else { return ofOne }
        return ofOne.filter { $0 != "disconnect" && $0 != "delete" }
    }

    /// The operations of a relation, in the order of `known`.
    private func nested(
        _ input: QueryInput, _ field: Field, _ relation: Relation, _ known: [String]
    ) throws(PrismaError) -> [NestedWrite] {
        let target = try target(relation)
        let input = input.of(target.name)
        try input.names(known)
        var operations: [NestedWrite] = []
        for name in known {
            guard let value = input.member(name) else { continue }
            if name == "createMany" {
                operations.append(try createMany(value, target))
            } else if name == "set" {
                var rows: [ExpressionNode] = []
                for element in value.elements { rows.append(try uniqueCondition(element, target)) }
                operations.append(.set(rows))
            } else if field.arity == .list {
                for element in value.elements { operations.append(try operation(name, element, target)) }
            } else if let operation = try operationOnOne(name, value, target) {
                operations.append(operation)
            }
        }
        return operations
    }

    private func createMany(_ input: QueryInput, _ target: Model) throws(PrismaError) -> NestedWrite {
        try input.names(["data", "skipDuplicates"])
        guard let data = input.member("data") else { throw input.invalid("`data` is missing.") }
        var plans: [CreatePlan] = []
        for element in data.elements { plans.append(try createPlan(element, target)) }
        return .createMany(plans, skipDuplicates: try input.member("skipDuplicates")?.bool() ?? false)
    }

    private func operation(_ name: String, _ input: QueryInput, _ target: Model) throws(PrismaError) -> NestedWrite {
        switch name {
        case "create": return .create(try createPlan(input, target))
        case "connect": return .connect(try uniqueCondition(input, target))
        case "connectOrCreate":
            let parts = try parts(of: input, "where", "create")
            return .connectOrCreate(try uniqueCondition(parts[0], target), try createPlan(parts[1], target))
        case "disconnect": return .disconnect(try uniqueCondition(input, target))
        case "delete": return .delete(try uniqueCondition(input, target))
        case "deleteMany": return .deleteMany(try condition(input, target))
        case "update":
            let parts = try parts(of: input, "where", "data")
            return .update(try uniqueCondition(parts[0], target), try updatePlan(parts[1], target))
        case "updateMany":
            try input.names(["where", "data"])
            guard let data = input.member("data") else { throw input.invalid("`data` is missing.") }
            let filter = try input.member("where").flatMap { (filter) throws(PrismaError) in try condition(filter, target) }
            return .updateMany(filter, try updatePlan(data, target, columnsOnly: true))
        default:
            let parts = try parts(of: input, "where", "create", "update")
            return .upsert(
                try uniqueCondition(parts[0], target), create: try createPlan(parts[1], target), update: try updatePlan(parts[2], target))
        }
    }

    /// Nil for `disconnect: false` and `delete: false`.
    private func operationOnOne(_ name: String, _ input: QueryInput, _ target: Model) throws(PrismaError) -> NestedWrite? {
        switch name {
        case "disconnect", "delete":
            if input.json == .bool(false) { return nil }
            let filter = input.json == .bool(true) ? nil : try condition(input, target)
            return name == "delete" ? .delete(filter) : .disconnect(filter)
        case "update":
            // `{where, data}`, unless the model has fields of those names.
            let isWrapped = input.json["data"] != nil && target.field(named: "data") == nil
            guard isWrapped else { return .update(nil, try updatePlan(input, target)) }
            try input.names(["where", "data"])
            let filter = try input.member("where").flatMap { (filter) throws(PrismaError) in try condition(filter, target) }
            return .update(filter, try updatePlan(input.member("data") ?? input, target))
        case "upsert":
            try input.names(["where", "create", "update"])
            let filter = try input.member("where").flatMap { (filter) throws(PrismaError) in try condition(filter, target) }
            guard let create = input.member("create"), let update = input.member("update") else {
                throw input.invalid("`create` and `update` are needed.")
            }
            return .upsert(filter, create: try createPlan(create, target), update: try updatePlan(update, target))
        default: return try operation(name, input, target)
        }
    }

    /// Members that must all be there.
    func parts(of input: QueryInput, _ names: String...) throws(PrismaError) -> [QueryInput] {
        try input.names(names)
        var parts: [QueryInput] = []
        for name in names {
            guard let part = input.member(name) else { throw input.invalid("`\(name)` is missing.") }
            parts.append(part)
        }
        return parts
    }
}
