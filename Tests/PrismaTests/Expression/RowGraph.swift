import Prisma
import PrismaSchema

/// Records of several models, related by their keys: every row knows the rows at the other ends of its relations.
final class RowGraph: @unchecked Sendable {  // Filled by one task, then only read.
    private let schema: Schema
    private(set) var rows: [String: [Row]] = [:]
    private var related: [String: [[Row]]] = [:]
    private var links: [String: [(SQLValue, SQLValue)]] = [:]

    init(schema: Schema) {
        self.schema = schema
    }

    func add<Model: Record>(_ records: [Model]) {
        let fields = schema.model(named: Model.modelName)?.recordFields.map(\.name) ?? []
        rows[Model.modelName] = records.enumerated().map { index, record in
            Row(
                graph: self, model: Model.modelName, index: index, fields: fields,
                values: fields.indices.map { record.value(at: $0) })
        }
    }

    /// The pairs of keys that a many-to-many relation consists of.
    func link(_ left: String, _ leftField: String, _ right: String, _ rightField: String, _ pairs: [(SQLValue, SQLValue)]) {
        links["\(left).\(leftField)"] = pairs
        links["\(right).\(rightField)"] = pairs.map { ($1, $0) }
    }

    /// Finds what belongs together; call it when all rows are here.
    func relate() {
        for (model, sources) in rows {
            for field in schema.model(named: model)?.fields ?? [] {
                guard case .relation(let relation) = field.kind else { continue }
                related["\(model).\(field.name)"] = sources.map { related(to: $0, relation, "\(model).\(field.name)") }
            }
        }
    }

    private func related(to row: Row, _ relation: Relation, _ name: String) -> [Row] {
        let targets = rows[relation.model] ?? []
        if let pairs = links[name] {
            let keys = pairs.filter { $0.0 == row["id"] }.map(\.1)
            return targets.filter { keys.contains($0["id"]) }
        }
        let key = relation.fields.map { row[$0] }
        if key.contains(where: \.isNull) { return [] }
        return targets.filter { target in relation.references.map { target[$0] } == key }
    }

    struct Row: EvaluationRow, CustomStringConvertible {
        unowned let graph: RowGraph
        let model: String
        let index: Int
        let fields: [String]
        let values: [SQLValue]

        subscript(field: String) -> SQLValue { fields.firstIndex(of: field).map { values[$0] } ?? .null }

        func value(at place: Int) -> SQLValue { values[place] }

        func related(by field: String) -> [any EvaluationRow] { graph.related["\(model).\(field)"]?[index] ?? [] }

        var description: String {
            "\(model)(" + zip(fields, values).map { "\($0): \($1.shown)" }.joined(separator: ", ") + ")"
        }
    }
}

extension SQLValue {
    /// The value in few words, with what would be invisible spelled out.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value) (double)"
        case .decimal(let value): "\(value) (decimal)"
        case .text(let value), .json(let value): value.debugDescription
        case .bytes(let value): "bytes \(Array(value))"
        case .timestamp(let value): Timestamp.format(value)
        case .list(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
        }
    }
}
