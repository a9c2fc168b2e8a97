internal import PrismaSchema

extension RequestReader {
    static let shapeArguments = ["select", "include", "omit"]

    /// What `select`, `include` and `omit` ask for.
    func shape(_ input: QueryInput, of model: Model) throws(PrismaError) -> RowShape {
        let input = input.of(model.name)
        var shape = RowShape(model: model)
        let select = input.member("select").flatMap { $0.isNull ? nil : $0 }
        let include = input.member("include").flatMap { $0.isNull ? nil : $0 }
        if let select, include != nil { throw select.invalid("`select` and `include` cannot both be given.") }
        if let select, input.member("omit") != nil { throw select.invalid("`select` and `omit` cannot both be given.") }
        if let select {
            shape.readsRecord = false
            try read(select, into: &shape, columns: true)
            guard !shape.columns.isEmpty || !shape.counts.isEmpty || !shape.related.isEmpty else {
                throw select.invalid("nothing is selected.", help: "Name a field with `true`.")
            }
            return shape
        }
        var omitted: Set<String> = []
        if let omit = input.member("omit") {
            try omit.names(model.recordFields.map(\.name))
            for field in model.recordFields {
                if let value = omit.member(field.name), try value.bool() { omitted.insert(field.name) }
            }
        }
        for field in model.recordFields {
            var column = try self.shapeColumn(field, of: model)
            column.isHidden = omitted.contains(field.name)
            shape.columns.append(column)
        }
        if let include { try read(include, into: &shape, columns: false) }
        return shape
    }

    private func shapeColumn(_ field: Field, of model: Model) throws(PrismaError) -> RowShape.Column {
        let node = try column(field, of: model)
        return RowShape.Column(name: field.name, output: ScalarOutput(node.type, in: schema), node: node)
    }

    private func read(_ input: QueryInput, into shape: inout RowShape, columns: Bool) throws(PrismaError) {
        let model = shape.model
        let fields = fields(of: model).filter { columns || $0.relation != nil }
        let names = try input.names(fields.map(\.name) + ["_count"])
        for field in fields where names.contains(field.name) {
            guard let value = input.member(field.name), value.json != .bool(false), !value.isNull else { continue }
            if let relation = field.relation {
                shape.related.append(try related(value, field, relation, model))
            } else {
                guard try value.bool() else { continue }
                shape.columns.append(try shapeColumn(field, of: model))
            }
        }
        if let count = input.member("_count"), count.json != .bool(false) { shape.counts = try counts(count, model) }
    }

    /// `_count: true` or `_count: {select: {orders: {where: …}}}`.
    private func counts(_ input: QueryInput, _ model: Model) throws(PrismaError) -> [RowShape.Column] {
        let lists = fields(of: model).filter { $0.relation != nil && $0.arity == .list }
        var chosen: QueryInput?
        if input.json != .bool(true) {
            try input.names(["select"])
            guard let select = input.member("select") else { throw input.invalid("this should be true, or have a `select`.") }
            try select.names(lists.map(\.name))
            chosen = select
        }
        var columns: [RowShape.Column] = []
        for field in lists {
            guard let relation = field.relation else { continue }
            let target = try target(relation)
            var filter: ExpressionNode?
            if let chosen {
                guard let value = chosen.member(field.name), value.json != .bool(false) else { continue }
                if value.json != .bool(true) {
                    try value.names(["where"])
                    if let condition = value.member("where") { filter = try self.condition(condition, target, depth: 1) }
                }
            }
            let node = ExpressionNode.aggregate(
                RelationAggregate(kind: .count, depth: 0, model: model.name, field: field.name, target: target.name, filter: filter))
            columns.append(RowShape.Column(name: field.name, output: ScalarOutput(.int, in: schema), node: node))
        }
        return columns
    }

    private func related(
        _ input: QueryInput, _ field: Field, _ relation: Relation, _ model: Model
    ) throws(PrismaError) -> RowShape.Related {
        let target = try target(relation)
        var window = RelationWindow()
        var arguments = QueryInput(.object([:]), path: input.path, model: target.name)
        if input.json != .bool(true) {
            arguments = input.of(target.name)
            try arguments.names((field.arity == .list ? Self.rowArguments : ["where"]) + Self.shapeArguments)
        }
        var request = try self.request(arguments, for: target)
        var shape = try shape(arguments, of: target)
        for name in request.distinct {
            guard let field = target.field(named: name) else { continue }
            shape.extras.append(try shapeColumn(field, of: target))
        }
        window.distinctColumns = request.distinct.count
        if let cursor = request.cursor {
            window.hasCursor = true
            shape.extras.append(RowShape.Column(name: "cursor", output: ScalarOutput(.bool, in: schema), node: cursor))
        }
        if window.isNeeded {
            window.take = request.take
            window.skip = request.skip
            request.take = nil
            request.skip = nil
            // A page of rows needs an order that is total.
            for name in try engine.plan(target.name).primaryKey {
                guard let field = target.field(named: name) else { continue }
                request.order.append(RowOrder(try column(field, of: target), descending: false))
            }
        }
        let rows = try RelatedRows(
            engine: engine, model: model.name, field: field.name, filter: request.filter, order: request.order, take: request.take,
            skip: request.skip)
        return RowShape.Related(
            name: field.name, rows: rows, shape: shape, isList: field.arity == .list,
            isRequired: field.arity == .required && request.filter == nil, window: window)
    }
}
