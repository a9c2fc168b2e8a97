import Prisma

/// A schema of some 70 models for one database, the same from the same seed: every kind of relation and key, native types, lists,
/// enums, other names in the database, and fields that are called like keywords.
struct WideSchema {
    static let modelCount = 68

    private struct Column {
        var name: String
        var type: String
        /// `@db.Uuid`, where there is one.
        var native = ""
    }

    private let dialect: SQLDialect
    private var random: SeededGenerator
    /// The models so far, with their keys.
    private var models: [(name: String, key: [Column])] = []
    /// Lines that later models add to earlier ones.
    private var lines: [String: [String]] = [:]

    static func text(_ dialect: SQLDialect, seed: UInt64) -> String {
        var schema = WideSchema(dialect: dialect, random: SeededGenerator(seed: seed))
        for number in 0..<modelCount { schema.addModel(number) }
        return schema.written()
    }

    private init(dialect: SQLDialect, random: SeededGenerator) {
        self.dialect = dialect
        self.random = random
    }

    private var isPostgres: Bool { dialect == .postgresql }

    private static let enums = """
        enum Color {
          RED
          GREEN @map("dark green")
          BLUE
        }

        enum Kind {
          public
          default
          @@map("Class of things")
        }

        """

    private func written() -> String {
        models.reduce(Self.enums) { text, model in
            text + "\n/// What \(model.name) is.\nmodel \(model.name) {\n" + (lines[model.name] ?? []).map { "  \($0)\n" }.joined() + "}\n"
        }
    }

    private mutating func add(_ line: String, to model: String) { lines[model, default: []].append(line) }

    private mutating func addModel(_ number: Int) {
        let name = "Model\(number)"
        // Each kind of key comes up for certain, since some of what follows needs it.
        if number % 6 == 5, number > 5 {
            // The key of such a model is the key of another one and a number.
            let owner = models[random.pick(models.indices.filter { models[$0].key.count == 1 })]
            let key = owner.key[0]
            models.append((name, [Column(name: "ownerId", type: key.type, native: key.native), Column(name: "position", type: "Int")]))
            add("ownerId \(key.type) \(key.native)", to: name)
            add("position Int", to: name)
            add("owner \(owner.name) @relation(\"owner\(number)\", fields: [ownerId], references: [id], onDelete: Cascade)", to: name)
            add("parts\(number) \(name)[] @relation(\"owner\(number)\")", to: owner.name)
            add("@@id([ownerId, position])", to: name)
        } else {
            let keys = Self.keys(isPostgres)
            let (type, attributes, native) = keys[number % keys.count]
            models.append((name, [Column(name: "id", type: type, native: native)]))
            add("id \(type) @id \(attributes) \(native)", to: name)
        }
        addColumns(to: name, number)
        if number > 0 { addRelations(to: name, number) }
        if random.chance(40) { add("@@map(\"table \(number) of 'things'\")", to: name) }
    }

    private static func keys(_ isPostgres: Bool) -> [(type: String, attributes: String, native: String)] {
        [
            ("Int", "@default(autoincrement())", ""), ("String", "@default(cuid())", ""),
            ("String", "@default(uuid(7))", isPostgres ? "@db.Uuid" : ""), ("BigInt", isPostgres ? "@default(autoincrement())" : "", ""),
            ("String", "@default(nanoid())", ""), ("Int", "@map(\"key of it\")", ""), ("String", "@default(ulid())", ""),
            ("DateTime", "", isPostgres ? "@db.Timestamptz(3)" : ""), ("String", "", isPostgres ? "@db.VarChar(30)" : ""),
        ]
    }

    private mutating func addColumns(to name: String, _ number: Int) {
        var types = [
            "String", "Int", "BigInt", "Float", "Boolean", "DateTime", "Json", "Decimal", "Bytes", "Color", "Kind",
        ]
        if isPostgres {
            types += [
                "String @db.Text", "String @db.VarChar(20)", "String @db.Char(5)", "String @db.Uuid", "String @db.Inet", "String @db.Xml",
                "String @db.Bit(3)", "String @db.VarBit(8)", "Int @db.SmallInt", "Int @db.Oid", "Float @db.Real",
                "Decimal @db.Decimal(10, 2)",
                "Decimal @db.Money", "DateTime @db.Date", "DateTime @db.Time(3)", "DateTime @db.Timetz(3)", "DateTime @db.Timestamptz(6)",
                "DateTime @db.Timestamp(0)", "Json @db.Json",
            ]
        }
        let names = ["default", "self", "where", "init", "note", "size", "Type", "value", "a_b", "isOpen", "description", "count"]
        for (index, field) in names.enumerated() where random.chance(55) {
            // Each type comes up, whatever the dice say.
            let type = types[(number * names.count + index) % types.count]
            let parts = type.split(separator: " ", maxSplits: 1)
            let isList = isPostgres && random.chance(15) && !type.contains("Money")
            let modifier = isList ? "[]" : random.chance(40) ? "?" : ""
            var line = "\(field) \(parts[0])\(modifier)"
            if parts.count > 1 { line += " \(parts[1])" }
            if random.chance(25) { line += " @map(\"c \(index)\")" }
            if !isList, random.chance(25), let value = Self.defaults[String(parts[0])], parts.count == 1 { line += " @default(\(value))" }
            add(line, to: name)
            if type == "String", modifier == "", random.chance(20) { add("@@unique([\(field)])", to: name) }
            if type == "Int", modifier != "[]", random.chance(40) {
                add("@@index([\(field)\(random.chance(50) ? "(sort: Desc)" : "")])", to: name)
            }
        }
        if random.chance(30) { add("changedAt DateTime @updatedAt", to: name) }
        if random.chance(20) { add("hidden String? @ignore", to: name) }
        if random.chance(20) { add("shape Unsupported(\"\(isPostgres ? "point" : "geometry")\")?", to: name) }
    }

    private static let defaults = [
        "String": "\"it's \\\"this\\\"\"", "Int": "-7", "BigInt": "9007199254740993", "Float": "0.5", "Boolean": "true",
        "DateTime": "now()",
        "Decimal": "12.25", "Color": "GREEN", "Kind": "default", "Json": "\"{\\\"a\\\": [1]}\"",
    ]

    private mutating func addRelations(to name: String, _ number: Int) {
        for kind in 0..<3 where random.chance(60) {
            let other = models[random.pick(models.indices.dropLast() + (random.chance(30) ? [models.count - 1] : []))]
            let relation = "r\(number)_\(kind)"
            let isSelf = other.name == name
            let isOptional = isSelf || random.chance(50)
            let fields = other.key.indices.map { "fk\(kind)_\($0)" }
            func column(_ index: Int) -> String {
                let key = other.key[index]
                return
                    "\(fields[index]) \(key.type)\(isOptional ? "?" : "") \(key.native)\(index == 0 ? "" : " @map(\"fk \(kind) \(index)\")")"
            }
            switch random.pick(["many", "many", "one", "pairs"]) {
            case "pairs" where other.key.count == 1 && models.last?.key.count == 1:
                add("pairs\(kind) \(other.name)[] @relation(\"\(relation)\")", to: name)
                add("\(isSelf ? "opposites" : "pairs")\(number)_\(kind) \(name)[] @relation(\"\(relation)\")", to: other.name)
            case let pick:
                for index in fields.indices { add(column(index), to: name) }
                let actions =
                    isOptional ? ["", ", onDelete: SetNull", ", onUpdate: Cascade"] : ["", ", onDelete: Cascade", ", onDelete: Restrict"]
                let (columns, references) = (fields.joined(separator: ", "), other.key.map(\.name).joined(separator: ", "))
                let action = isSelf ? ", onDelete: NoAction, onUpdate: NoAction" : random.pick(actions)
                add(
                    """
                    to\(kind) \(other.name)\(isOptional ? "?" : "") \
                    @relation("\(relation)", fields: [\(columns)], references: [\(references)]\(action))
                    """, to: name)
                if pick == "one" { add("@@unique([\(columns)])", to: name) }
                add("from\(number)_\(kind) \(name)\(pick == "one" ? "?" : "[]") @relation(\"\(relation)\")", to: other.name)
            }
        }
    }
}
