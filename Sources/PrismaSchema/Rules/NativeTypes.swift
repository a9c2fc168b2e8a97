/// The types that PostgreSQL columns can be given by `@db.…`.
enum PostgresType: String, CaseIterable {
    case smallInt = "SmallInt"
    case integer = "Integer"
    case bigInt = "BigInt"
    case decimal = "Decimal"
    case money = "Money"
    case inet = "Inet"
    case oid = "Oid"
    case citext = "Citext"
    case real = "Real"
    case doublePrecision = "DoublePrecision"
    case varChar = "VarChar"
    case char = "Char"
    case text = "Text"
    case byteA = "ByteA"
    case timestamp = "Timestamp"
    case timestamptz = "Timestamptz"
    case date = "Date"
    case time = "Time"
    case timetz = "Timetz"
    case boolean = "Boolean"
    case bit = "Bit"
    case varBit = "VarBit"
    case uuid = "Uuid"
    case xml = "Xml"
    case json = "Json"
    case jsonB = "JsonB"

    /// The type of the language that holds its values.
    var scalar: ScalarType {
        switch self {
        case .smallInt, .integer, .oid: .int
        case .bigInt: .bigInt
        case .decimal, .money: .decimal
        case .real, .doublePrecision: .float
        case .varChar, .char, .text, .inet, .citext, .bit, .varBit, .uuid, .xml: .string
        case .byteA: .bytes
        case .timestamp, .timestamptz, .date, .time, .timetz: .dateTime
        case .boolean: .boolean
        case .json, .jsonB: .json
        }
    }

    /// How many arguments it takes at most; none is always right.
    var maximumArguments: Int {
        switch self {
        case .decimal: 2
        case .varChar, .char, .bit, .varBit, .timestamp, .timestamptz, .time, .timetz: 1
        default: 0
        }
    }

    /// The type of a column whose field says nothing about it.
    static func standard(for scalar: ScalarType) -> PostgresType {
        switch scalar {
        case .string: .text
        case .boolean: .boolean
        case .int: .integer
        case .bigInt: .bigInt
        case .float: .doublePrecision
        case .decimal: .decimal
        case .dateTime: .timestamp
        case .json: .jsonB
        case .bytes: .byteA
        }
    }
}

/// Whether `@db.…` names a type that the database has and the field can hold, with arguments that it takes.
enum NativeTypeRules {
    static func check(_ model: DraftModel, _ draft: Draft, _ report: inout Report) {
        for field in model.fields {
            guard let native = field.native else { continue }
            switch field.type {
            case .scalar(let scalar): check(native, scalar, draft, &report)
            case .enumeration, .unsupported:
                report.error(
                    .attributeNotAllowed, native.place, "the type of '\(field.name.text)' is one of the database already",
                    help: "remove the attribute")
            case .model, .unknown: break
            }
        }
    }

    private static func check(_ native: DraftNativeType, _ scalar: ScalarType, _ draft: Draft, _ report: inout Report) {
        guard draft.provider == .postgresql else {
            report.error(
                .unknownNativeType, native.place, "\(draft.provider.title) has no types beyond those of the language",
                help: "remove the attribute")
            return
        }
        guard let type = PostgresType(rawValue: native.name) else {
            let guess = report.closest(to: native.name, in: PostgresType.allCases.map(\.rawValue))
            report.error(
                .unknownNativeType, native.place,
                "\(draft.provider.title) has no type '\(native.name)'\(Suggestion.question(guess))",
                help: "for \(scalar.rawValue) there are \(names(for: scalar))")
            return
        }
        guard type.scalar == scalar else {
            report.error(
                .nativeTypeMismatch, native.place, "a field of type \(scalar.rawValue) cannot be stored as \(native.name)",
                help: "make the field \(type.scalar.rawValue), or store it as one of \(names(for: scalar))")
            return
        }
        checkArguments(native, type, &report)
    }

    private static func names(for scalar: ScalarType) -> String {
        PostgresType.allCases.filter { $0.scalar == scalar }.map(\.rawValue).joined(separator: ", ")
    }

    private static func checkArguments(_ native: DraftNativeType, _ type: PostgresType, _ report: inout Report) {
        if native.arguments.isEmpty { return }
        guard native.arguments.count <= type.maximumArguments else {
            let limit =
                switch type.maximumArguments {
                case 0: "takes no arguments"
                case 1: "takes one argument at most"
                default: "takes two arguments at most"
                }
            report.error(.nativeTypeArguments, native.place, "the type \(native.name) \(limit)", help: "remove what is too many")
            return
        }
        let numbers = native.arguments.compactMap { Int($0) }
        guard numbers.count == native.arguments.count else {
            report.error(.nativeTypeArguments, native.place, "an argument of the type \(native.name) is a whole number")
            return
        }
        func wrong(_ message: String) { report.error(.nativeTypeArguments, native.place, "\(native.name): \(message)") }
        switch type {
        case .decimal:
            if let precision = numbers.first, !(1...1000).contains(precision) {
                wrong("the precision is from 1 to 1000")
            } else if numbers.count == 2, numbers[1] > numbers[0] {
                wrong("the scale cannot be larger than the precision")
            } else if numbers.count == 2, numbers[1] < 0 {
                wrong("the scale cannot be negative")
            }
        case .timestamp, .timestamptz, .time, .timetz:
            if let precision = numbers.first, !(0...6).contains(precision) { wrong("the precision is from 0 to 6") }
        case .bit, .varBit, .varChar, .char:
            if let length = numbers.first, !(1...10_485_760).contains(length) { wrong("the length is from 1 to 10485760") }
        default: break
        }
    }
}
