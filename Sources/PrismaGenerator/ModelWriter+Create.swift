import PrismaSchema

// The values of a new row. A foreign key that must be there is given as a column, or as the row that it leads to: an initializer
// for each.

extension ModelWriter {
    /// A relation as a parameter.
    private struct LinkProperty {
        var name: String
        var literal: String
        var type: String
        var isList: Bool
        /// Whether this row cannot be made without it.
        var isRequired: Bool
        var keys: [String]
    }

    private var links: [LinkProperty] {
        model.fields.compactMap { field in
            guard let relation = field.relation, !field.isIgnored, generator.schema.model(named: relation.model)?.isIgnored == false
            else { return nil }
            let target = generator.names.type(relation.model)
            return LinkProperty(
                name: SwiftNames.member(field.name), literal: swiftLiteral(field.name),
                type: field.arity == .list ? "Links<\(target)>" : "Link<\(target)>", isList: field.arity == .list,
                isRequired: field.arity == .required && relation.holdsForeignKey, keys: relation.holdsForeignKey ? relation.fields : [])
        }
    }

    /// A field that must be given a value when a row is made.
    private func isRequired(_ property: Property) -> Bool {
        property.field.arity == .required && property.field.default == nil && !property.field.isUpdatedAt
    }

    var create: String {
        let links = links
        let required = links.filter(\.isRequired)
        let others = links.filter { !$0.isRequired }
        let keys = Set(required.flatMap(\.keys))
        let ordered = properties.filter(isRequired) + properties.filter { !isRequired($0) }
        let isKey = { (property: Property) in keys.contains(property.field.name) }
        let parameter = { (property: Property) in
            isRequired(property) || property.isOptional ? property.type : property.type + "?"
        }
        var text = "\n    /// The values of a new \(model.name); what is left out gets its default, or stays empty.\n"
        text += "    \(access) struct Create: CreateInput {\n"
        for property in ordered {
            let type = parameter(property)
            text += "        \(access) var \(property.name): \(isKey(property) && !type.hasSuffix("?") ? type + "?" : type)\n"
        }
        for link in links { text += "        \(access) var \(link.name): \(link.type)?\n" }
        text += initializer(ordered.map { ($0.name, parameter($0), !isRequired($0)) } + others.map { ($0.name, $0.type + "?", true) })
        if !required.isEmpty {
            let plain = ordered.filter { !isKey($0) }
            let values = plain.map { (name: $0.name, type: parameter($0), hasDefault: !isRequired($0)) }
            text += initializer(
                values.filter { !$0.hasDefault } + required.map { ($0.name, $0.type, false) } + values.filter(\.hasDefault)
                    + others.map { ($0.name, $0.type + "?", true) })
        }
        text += "\n        \(access) func write(to values: inout CreateValues) {\n"
        let own = { (name: String) in name == "values" ? "self.values" : name }
        for property in ordered {
            let isAlwaysThere = isRequired(property) && !isKey(property)
            text += "            values.set(\(property.literal), \(isAlwaysThere ? "" : "ifPresent: ")\(own(property.name)))\n"
        }
        for link in links { text += "            values.\(link.isList ? "links" : "link")(\(link.literal), \(own(link.name)))\n" }
        return text + "        }\n    }\n"
    }

    private func initializer(_ items: [(name: String, type: String, hasDefault: Bool)]) -> String {
        "\n        \(access) init(\(parameters(items))) {\n" + items.map { "            self.\($0.name) = \($0.name)\n" }.joined()
            + "        }\n"
    }
}
