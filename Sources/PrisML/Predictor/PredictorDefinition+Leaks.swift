package import Prisma
package import PrismaSchema

// What a feature must not know, since nobody knows it when a prediction is asked for.
extension PredictorDefinition {
    /// Why a feature is refused because it would know the answer; empty if it is not.
    func leaks(of feature: Feature, in schema: Schema) -> [String] {
        if readsLabel(feature, in: schema) { return ["the feature \"\(feature.name)\" reads the label: it would know the answer"] }
        let shared = Set(feature.node.aggregates).intersection(label.aggregates)
        return shared.isEmpty
            ? [] : ["the feature \"\(feature.name)\" computes what the label is computed from: it would know the answer"]
    }

    /// Whether a feature reads the label: as it is, as a part of something, or by relations that lead away from the row and back.
    private func readsLabel(_ feature: Feature, in schema: Schema) -> Bool {
        var reads = false
        feature.node.visit { if $0 == label { reads = true } }
        if case .column(let column) = label {
            feature.node.visitOwnColumns(in: schema) { if ($0.model, $0.field) == (column.model, column.field) { reads = true } }
        }
        return reads
    }

    /// What is no mistake for certain, and worth a look before a model is trusted; one sentence each.
    package func warnings(in schema: Schema) -> [String] {
        features.flatMap { sharedWithLabel($0, in: schema) + aggregatedByLabel($0, in: schema) }
    }

    /// Related rows that a label counts or sums, and a feature too: without a point in time nothing says that the feature's were there
    /// before the label was decided.
    private func aggregatedByLabel(_ feature: Feature, in schema: Schema) -> [String] {
        guard asOf == nil else { return [] }
        let relations = { (node: ExpressionNode) in
            let lists = node.aggregates.filter { schema.model(named: $0.model)?.field(named: $0.field)?.arity == .list }
            return Set(lists.map { ExpressionDependencies.Member(model: $0.model, field: $0.field) })
        }
        return relations(feature.node).intersection(relations(label)).sorted().map {
            """
            the feature "\(feature.name)" reads the rows of \($0.model).\($0.field), as the label does, without a point in time: .asOf \
            names a date up to which features read
            """
        }
    }

    /// Columns that a feature reads and that hold the time of their row's last change, which may lie after the point in time that the
    /// predictor's row stands for.
    package func columnsWrittenLater(_ feature: Feature, in schema: Schema) -> [ExpressionDependencies.Member] {
        guard let asOf else { return [] }
        let moment: ExpressionDependencies.Member? =
            if case .column(let column) = asOf { .init(model: column.model, field: column.field) } else { nil }
        return ExpressionDependencies([feature.node]).columns.sorted()
            .filter { $0 != moment && schema.model(named: $0.model)?.field(named: $0.field)?.isUpdatedAt == true }
    }

    /// A label that is computed from a column may be computed again by whoever sees the column.
    private func sharedWithLabel(_ feature: Feature, in schema: Schema) -> [String] {
        if case .column = label { return [] }
        var source: Set<ExpressionDependencies.Member> = []
        label.visitOwnColumns(in: schema) { source.insert(.init(model: $0.model, field: $0.field)) }
        if case .column(let column)? = asOf { source.remove(.init(model: column.model, field: column.field)) }
        var shared: Set<ExpressionDependencies.Member> = []
        feature.node.visitOwnColumns(in: schema) {
            let member = ExpressionDependencies.Member(model: $0.model, field: $0.field)
            if source.contains(member) { shared.insert(member) }
        }
        return shared.sorted().map { "the feature \"\(feature.name)\" reads \($0.model).\($0.field), from which the label is computed" }
    }
}

extension ExpressionNode {
    /// What it asks of the row's own relations.
    fileprivate var aggregates: [RelationAggregate] {
        var found: [RelationAggregate] = []
        visit { if case .aggregate(let aggregate) = $0, aggregate.depth == 0 { found.append(aggregate) } }
        return found
    }

    /// Calls `body` for each column of the row that the expression is about, also where relations lead away from it and back.
    func visitOwnColumns(in schema: Schema, _ body: (ColumnReference) -> Void) {
        visitOwnColumns(in: schema, paths: [[]], body)
    }

    /// - Parameter paths: for each scope the relations that lead to it.
    private func visitOwnColumns(in schema: Schema, paths: [[ExpressionDependencies.Member]], _ body: (ColumnReference) -> Void) {
        var paths = paths
        switch self {
        case .column(let column):
            if paths.indices.contains(column.depth), paths[column.depth].isEmpty { body(column) }
        case .aggregate(let aggregate):
            guard paths.indices.contains(aggregate.depth) else { return }
            var path = paths[aggregate.depth]
            if let last = path.last, schema.model(named: last.model)?.relation(last.field)?.opposite == aggregate.field,
                schema.model(named: aggregate.model)?.field(named: aggregate.field)?.arity != .list
            {
                path.removeLast()
            } else {
                path.append(.init(model: aggregate.model, field: aggregate.field))
            }
            paths = paths.prefix(aggregate.depth + 1) + [path]
        default: break
        }
        for child in children { child.visitOwnColumns(in: schema, paths: paths, body) }
    }
}

extension Model {
    fileprivate func relation(_ name: String) -> Relation? {
        if case .relation(let relation)? = field(named: name)?.kind { relation } else { nil }
    }
}
