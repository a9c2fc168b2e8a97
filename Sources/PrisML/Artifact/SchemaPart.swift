internal import Prisma
internal import PrismaSchema

/// The columns and relations of a schema that a predictor reads, each with all about it that matters to a reader.
package struct SchemaPart: Hashable, Sendable {
    /// `Int required` for `User.visits`, `enum required FREE,PRO` for `User.plan`.
    package let members: [String: String]

    init(members: [String: String]) {
        self.members = members
    }

    init(_ members: Set<ExpressionDependencies.Member>, of schema: Schema) {
        self.members = Dictionary(
            members.map { member in
                let field = schema.model(named: member.model)?.field(named: member.field)
                return ("\(member.model).\(member.field)", field?.shape(in: schema) ?? "missing")
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The members that are not the same in another part, in the order of their names.
    func changes(to other: SchemaPart) -> [String] {
        Set(members.keys).union(other.members.keys).filter { members[$0] != other.members[$0] }.sorted()
    }

    var json: JSON { .object(members.mapValues(JSON.string)) }
}

extension Field {
    fileprivate func shape(in schema: Schema) -> String {
        switch kind {
        case .scalar(let scalar): "\(scalar.rawValue) \(arity)" + (nativeType.map { " \($0.name)" } ?? "")
        case .enumeration(let name):
            "enum \(arity) " + (schema.enumeration(named: name)?.values.map(\.databaseName).joined(separator: ",") ?? "missing")
        case .relation(let relation):
            "relation \(arity) \(relation.model)"
                + (relation.fields.isEmpty
                    ? "" : " \(relation.fields.joined(separator: ",")) to \(relation.references.joined(separator: ","))")
        case .unsupported(let type): "unsupported \(type)"
        }
    }
}
