/// Categories as numbers, as columns and as other categories.
enum EncodingOperators {
    static let all: [String: OperatorSet.Factory] = [
        "OneHotEncoder": { try OneHotEncoder($0) },
        "LabelEncoder": { try LabelEncoder($0) },
        "CategoryMapper": { try CategoryMapper($0) },
    ]
}

/// A column for each category, with a 1 in the one that the value is.
struct OneHotEncoder: Operator {
    let integers: [Int64: Int]
    let texts: [TextKey: Int]
    let count: Int
    /// Whether a value that is no category gets zeros everywhere; otherwise it is an error.
    let allowsUnknown: Bool

    init(_ context: NodeContext) throws {
        let integers = try context.ints("cats_int64s")
        let texts = try context.strings("cats_strings")
        guard integers.isEmpty != texts.isEmpty else { throw context.invalid("either cats_int64s or cats_strings must be given") }
        // Of a category that is given twice the last place counts.
        self.integers = Dictionary(zip(integers, 0...), uniquingKeysWith: { $1 })
        self.texts = Dictionary(zip(texts.map(TextKey.init), 0...), uniquingKeysWith: { $1 })
        count = max(integers.count, texts.count)
        allowsUnknown = try context.int("zeros", 1) != 0
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let places: [Int?] =
            if case .string(let values) = input.elements {
                values.map { texts[TextKey($0)] }
            } else {
                try input.cast(to: .int64).integers().map { integers[$0] }
            }
        let shape = input.shape + [count]
        var columns = [Float](repeating: 0, count: try inputs.count(of: shape))
        for (index, place) in places.enumerated() {
            if let place {
                columns[index * count + place] = 1
            } else if !allowsUnknown {
                throw ONNXError(
                    .invalidInput, "a value is none of the \(count) categories", at: "element \(index)", suggestion: "pass known categories"
                )
            }
        }
        return [.tensor(Tensor(unchecked: shape, .float(columns)))]
    }
}

/// One value for another, by a table.
struct LabelEncoder: Operator {
    private enum Key: Hashable {
        case text(TextKey)
        case integer(Int64)
        /// A number by its bits; all NaN are one, and so are both zeros.
        case number(UInt64)

        init(number: Double) {
            self = .number(number.isNaN ? Double.nan.bitPattern : (number + 0).bitPattern)
        }

        static func keys(_ tensor: Tensor) throws -> [Key] {
            switch tensor.elements {
            case .string(let values): values.map { .text(TextKey($0)) }
            case .float, .double, .float16: try tensor.doubles().map(Key.init(number:))
            default: try tensor.integers().map { .integer($0) }
            }
        }
    }

    private let places: [Key: Int]
    /// The values, and behind them the one for keys that are not in the table.
    private let values: Tensor.Elements

    init(_ context: NodeContext) throws {
        if context.version == 1 {
            (places, values) = try Self.classes(context)
            return
        }
        let keys = try Key.keys(try Self.table(context, "keys"))
        let table = try Self.table(context, "values")
        guard keys.count == table.count else { throw context.invalid("there are \(keys.count) keys and \(table.count) values") }
        guard let all = table.elements.appending(try Self.fallback(context, table.elementType)) else {
            throw context.invalid("the default value is of another type than the values")
        }
        places = Dictionary(zip(keys, 0...), uniquingKeysWith: { $1 })
        values = all
    }

    /// The first version had a list of texts, and went from texts to places or back.
    private static func classes(_ context: NodeContext) throws -> ([Key: Int], Tensor.Elements) {
        let texts = try context.strings("classes_strings")
        if context.inputTypes.first == .int64 {
            return (
                Dictionary(uniqueKeysWithValues: texts.indices.map { (.integer(Int64($0)), $0) }),
                .string(texts + [try context.string("default_string", "_Unused")])
            )
        }
        return (
            Dictionary(zip(texts.map { .text(TextKey($0)) }, 0...), uniquingKeysWith: { $1 }),
            .int64(texts.indices.map { Int64($0) } + [try context.node.attribute("default_int64")?.int() ?? -1])
        )
    }

    private static func table(_ context: NodeContext, _ name: String) throws -> Tensor {
        if let tensor = try context.node.attribute("\(name)_tensor")?.tensor() { return tensor.reshaped([tensor.count]) }
        for attribute in context.node.attributes {
            switch attribute.name {
            case "\(name)_strings":
                let values = try attribute.strings()
                return Tensor(unchecked: [values.count], .string(values))
            case "\(name)_int64s":
                let values = try attribute.ints()
                return Tensor(unchecked: [values.count], .int64(values))
            case "\(name)_floats":
                let values = try attribute.floats()
                return Tensor(unchecked: [values.count], .float(values))
            default: continue
            }
        }
        throw context.invalid("\(name) are missing")
    }

    private static func fallback(_ context: NodeContext, _ type: ElementType) throws -> Tensor.Elements {
        if let tensor = try context.node.attribute("default_tensor")?.tensor(), tensor.count == 1 { return tensor.elements }
        switch type {
        case .string: return .string([try context.string("default_string", "_Unused")])
        case .float: return .float([try context.float("default_float", -0.0)])
        case .int64: return .int64([try context.node.attribute("default_int64")?.int() ?? -1])
        case .double: return .double([-0.0])
        default: return try Tensor.Elements.empty(type).likewise([-1])
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let unknown = values.count - 1
        return [.tensor(Tensor(unchecked: input.shape, values.picking(try Key.keys(input).map { places[$0] ?? unknown })))]
    }
}

/// Texts to integers or back, by one table.
struct CategoryMapper: Operator {
    private let integers: [TextKey: Int64]
    private let texts: [Int64: String]
    private let unknownInteger: Int64
    private let unknownText: String

    init(_ context: NodeContext) throws {
        let numbers = try context.ints("cats_int64s")
        let names = try context.strings("cats_strings")
        guard numbers.count == names.count else { throw context.invalid("there are \(numbers.count) numbers and \(names.count) texts") }
        integers = Dictionary(zip(names.map(TextKey.init), numbers), uniquingKeysWith: { $1 })
        texts = Dictionary(zip(numbers, names), uniquingKeysWith: { $1 })
        unknownInteger = try context.node.attribute("default_int64")?.int() ?? -1
        unknownText = try context.string("default_string", "_Unused")
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        if case .string(let values) = input.elements {
            return [.tensor(Tensor(unchecked: input.shape, .int64(values.map { integers[TextKey($0)] ?? unknownInteger })))]
        }
        return [.tensor(Tensor(unchecked: input.shape, .string(try input.integers().map { texts[$0] ?? unknownText })))]
    }
}
