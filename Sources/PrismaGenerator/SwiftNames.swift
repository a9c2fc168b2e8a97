package import PrismaSchema

/// What things of a schema are called in Swift: never a keyword, never twice the same, never a name that hides one that the
/// generated code uses.
package struct SwiftNames: Sendable {
    private let types: [String: String]
    private let taken: Set<String>

    package init(_ schema: Schema) {
        var taken: Set<String> = []
        var types: [String: String] = [:]
        for name in schema.enums.map(\.name) + schema.models.map(\.name) {
            var type = Self.capitalised(name)
            if Self.reservedTypes.contains(type) { type += "Record" }
            while !taken.insert(type).inserted { type += "_" }
            types[name] = type
        }
        self.types = types
        self.taken = taken
    }

    /// The type of a model's records, or of an enum.
    package func type(_ name: String) -> String { types[name] ?? Self.capitalised(name) }

    /// A type of the standard library, Foundation or Prisma, with its module where the schema has a type of that name.
    package func library(_ name: String, _ module: String) -> String { taken.contains(name) ? "\(module).\(name)" : name }

    /// A property, a parameter or an enum's case.
    package static func member(_ name: String) -> String {
        switch name {
        // Even in backticks these mean the thing itself.
        case "self", "Self", "init", "Type", "Protocol": name + "_"
        default: keywords.contains(name) ? "`\(name)`" : name
        }
    }

    /// A client's property for a model: `user`, `blogPost`.
    package func property(_ model: String) -> String {
        let type = type(model)
        // A leading run of capitals goes down as a whole: URLEntry is urlEntry, API is api.
        let capitals = type.prefix { $0.isUppercase }
        let lowered: String
        if capitals.count <= 1 || capitals.count == type.count {
            lowered = capitals.lowercased() + type.dropFirst(capitals.count)
        } else {
            let kept = type.dropFirst(capitals.count - 1)
            lowered =
                kept.first?.isUppercase == true && kept.dropFirst().first?.isLetter == true
                ? capitals.dropLast().lowercased() + kept : capitals.lowercased() + type.dropFirst(capitals.count)
        }
        return Self.clientMembers.contains(lowered) ? lowered + "_" : Self.member(lowered)
    }

    /// An enum's value as Swift writes cases: `IN_PROGRESS` is `inProgress`, `admin` stays.
    package static func enumCase(_ value: String) -> String {
        let words = value.split(separator: "_").map(String.init)
        let isShouted = value.allSatisfy { !$0.isLowercase } && value.contains { $0.isLetter }
        guard let first = words.first else { return value }
        let name: String
        if isShouted {
            name = first.lowercased() + words.dropFirst().map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
        } else {
            name = first.prefix(1).lowercased() + first.dropFirst() + words.dropFirst().map { capitalised($0) }.joined()
        }
        return name.first?.isNumber == true ? "_" + name : member(name)
    }

    private static func capitalised(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    private static let reservedTypes: Set<String> = [
        "PrismaClient", "Columns", "Create", "Self", "Type", "Protocol", "Any", "Optional", "Array",
    ]

    private static let clientMembers: Set<String> = ["engine", "schema", "schemaText", "schemaDirectory", "transaction", "close", "open"]

    private static let keywords: Set<String> = [
        "Any", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else",
        "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "inout", "internal", "is",
        "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "static", "struct",
        "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]
}
