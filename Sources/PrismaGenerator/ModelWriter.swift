import PrismaSchema

/// Writes one model's file: the record, its columns and the values of a new row.
struct ModelWriter {
    let generator: ClientGenerator
    let model: Model
    let properties: [Property]
    let access: String

    /// A scalar field as Swift sees it.
    struct Property {
        var field: Field
        var name: String
        var literal: String
        /// Without optionality and list.
        var element: String
        var type: String
        var isOptional: Bool { field.arity == .optional }
    }

    init(_ generator: ClientGenerator, _ model: Model) {
        self.generator = generator
        self.model = model
        access = generator.options.access
        properties = model.fields.compactMap { field in
            guard !field.isIgnored, let element = Self.elementType(field, generator.names) else { return nil }
            let type =
                switch field.arity {
                case .required: element
                case .optional: element + "?"
                case .list: "[\(element)]"
                }
            return Property(
                field: field, name: SwiftNames.member(field.name), literal: swiftLiteral(field.name), element: element, type: type)
        }
    }

    private static func elementType(_ field: Field, _ names: SwiftNames) -> String? {
        switch field.kind {
        case .scalar(let scalar):
            switch scalar {
            case .string: names.library("String", "Swift")
            case .boolean: names.library("Bool", "Swift")
            case .int: names.library("Int", "Swift")
            case .bigInt: names.library("Int64", "Swift")
            case .float: names.library("Double", "Swift")
            case .decimal: names.library("Decimal", "Foundation")
            case .dateTime: names.library("Date", "Foundation")
            case .bytes: names.library("Data", "Foundation")
            case .json: names.library("JSON", "Prisma")
            }
        case .enumeration(let name): names.type(name)
        case .relation, .unsupported: nil
        }
    }

    func file() -> String {
        let usesFoundation = properties.contains { [.decimal, .dateTime, .bytes].contains($0.field.scalar) }
        let type = generator.names.type(model.name)
        var text = generator.header(usesFoundation ? ["Foundation", "Prisma"] : ["Prisma"])
        text += "\n" + documentation(model.documentation, indent: "")
        text += "\(access) struct \(type): Record {\n"
        text += "    \(access) static let modelName = \(swiftLiteral(model.name))\n\n"
        for property in properties {
            text += documentation(property.field.documentation, indent: "    ")
            text += "    \(access) var \(property.name): \(property.type)\n"
        }
        text += memberwiseInitializer + rowInitializer + valueAccess + columns + create
        return text + "}\n"
    }

    func parameters(_ items: [(name: String, type: String, hasDefault: Bool)]) -> String {
        items.map { "\($0.name): \($0.type)\($0.hasDefault ? " = nil" : "")" }.joined(separator: ", ")
    }

    private var memberwiseInitializer: String {
        let list = parameters(properties.map { ($0.name, $0.type, $0.isOptional) })
        return "\n    \(access) init(\(list)) {\n"
            + properties.map { "        self.\($0.name) = \($0.name)\n" }.joined() + "    }\n"
    }

    private var rowInitializer: String {
        "\n    \(access) init(row: inout SQLRow) throws(PrismaError) {\n"
            + properties.map { "        self.\($0.name) = \(read($0))\n" }.joined() + "    }\n"
    }

    /// The call that reads a column: a plain method for plain types, which costs no generic dispatch.
    private func read(_ property: Property) -> String {
        let method: String? =
            switch property.field.scalar {
            case .string: "string"
            case .boolean: "bool"
            case .int: "int"
            case .bigInt: "int64"
            case .float: "double"
            case .decimal: "decimal"
            case .dateTime: "date"
            case .bytes: "data"
            case .json, nil: nil
            }
        switch (property.field.arity, method) {
        case (.required, let method?): return "try row.\(method)()"
        case (.optional, let method?): return "try row.\(method)IfPresent()"
        default: return "try \(property.type)(row: &row)"
        }
    }

    private var valueAccess: String {
        "\n    \(access) func value(at index: Int) -> SQLValue {\n        switch index {\n"
            + properties.enumerated().map {
                "        case \($0.offset): \($0.element.name == "index" ? "self.index" : $0.element.name).sqlValue\n"
            }
            .joined() + "        default: .null\n        }\n    }\n"
    }

    private var columns: String {
        var text = "\n    \(access) struct Columns: ModelColumns {\n        \(access) let rowScope: RowScope\n\n"
        text += "        \(access) init(scope: RowScope) { rowScope = scope }\n\n"
        for property in properties {
            text += "        \(access) var \(property.name): RowExpression<\(property.type)> { rowScope.column(\(property.literal)) }\n"
        }
        for field in model.fields {
            guard case .relation(let relation) = field.kind, !field.isIgnored,
                generator.schema.model(named: relation.model)?.isIgnored == false
            else { continue }
            let target = generator.names.type(relation.model)
            let (wrapper, call) =
                switch field.arity {
                case .list: ("ToMany", "toMany")
                case .required: ("ToOne", "toOne")
                case .optional: ("ToOptional", "toOptional")
                }
            text += documentation(field.documentation, indent: "        ")
            text +=
                "        \(access) var \(SwiftNames.member(field.name)): \(wrapper)<\(target)> { rowScope.\(call)(\(swiftLiteral(field.name))) }\n"
        }
        return text + "    }\n"
    }
}
