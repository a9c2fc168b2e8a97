/// Tables of keys and values, to and from tensors.
enum MapOperators {
    static let all: [String: OperatorSet.Factory] = [
        "ZipMap": { try ZipMap($0) },
        "CastMap": { try CastMap($0) },
        "DictVectorizer": { try DictVectorizer($0) },
    ]
}

extension Inputs {
    func map(_ index: Int) throws -> (keys: Tensor, values: Tensor) {
        guard values.indices.contains(index), case .map(let keys, let values) = values[index], keys.count == values.count else {
            throw ONNXError(.invalidInput, "input \(index) is not a map", suggestion: "pass keys and values")
        }
        return (keys, values)
    }
}

/// A map from class to score for each row.
struct ZipMap: Operator {
    let labels: ClassLabels

    init(_ context: NodeContext) throws {
        labels = try ClassLabels(context.node, integers: "classlabels_int64s")
        guard labels.count > 0 else { throw context.invalid("there are no class labels") }
    }

    var keys: Tensor {
        switch labels {
        case .integers(let labels): Tensor(unchecked: [labels.count], .int64(labels))
        case .strings(let labels): Tensor(unchecked: [labels.count], .string(labels))
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        guard shape.columns == labels.count else {
            throw ONNXError(
                .invalidInput, "there are \(shape.columns) scores for \(labels.count) classes", suggestion: "export the model again")
        }
        let keys = keys
        return [
            .sequence(
                (0..<shape.rows).map { row in
                    let range = Array((row * shape.columns)..<((row + 1) * shape.columns))
                    return .map(keys: keys, values: Tensor(unchecked: [shape.columns], input.elements.picking(range)))
                })
        ]
    }
}

/// A map's values in the order of their keys.
struct CastMap: Operator {
    private let type: ElementType
    /// The width of a sparse row, in which the key is the place; nil for a dense one.
    private let sparseWidth: Int?

    init(_ context: NodeContext) throws {
        switch try context.string("cast_to", "TO_FLOAT") {
        case "TO_FLOAT": type = .float
        case "TO_STRING": type = .string
        case "TO_INT64": type = .int64
        case let other: throw context.invalid("cast_to '\(other)' is unknown")
        }
        switch try context.string("map_form", "DENSE") {
        case "DENSE": sparseWidth = nil
        case "SPARSE":
            let width = try context.int("max_map", 1)
            guard (1...(1 << 24)).contains(width) else { throw context.invalid("max_map is \(width)") }
            sparseWidth = width
        case let other: throw context.invalid("map_form '\(other)' is unknown")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (keys, values) = try inputs.map(0)
        let numbers = try keys.integers()
        let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
        let cast = try values.cast(to: type)
        guard let width = sparseWidth else {
            return [.tensor(Tensor(unchecked: [1, order.count], cast.elements.picking(order)))]
        }
        _ = try inputs.count(of: [1, width])
        let filler: Tensor.Elements = type == .string ? .string([""]) : try cast.elements.likewise([0])
        guard let all = cast.elements.appending(filler) else { throw Tensor.Elements.unsupported(type) }
        var places = [Int](repeating: cast.count, count: width)
        for index in order {
            guard let place = Int(exactly: numbers[index]), (0..<width).contains(place) else {
                throw ONNXError(.invalidInput, "the key \(numbers[index]) is outside of 0..<\(width)", suggestion: "pass smaller keys")
            }
            places[place] = index
        }
        return [.tensor(Tensor(unchecked: [1, width], all.picking(places)))]
    }
}

/// A map's values at the places of their keys in a vocabulary.
struct DictVectorizer: Operator {
    private let integers: [Int64: Int]
    private let texts: [TextKey: Int]
    private let count: Int

    init(_ context: NodeContext) throws {
        let numbers = try context.ints("int64_vocabulary")
        let names = try context.strings("string_vocabulary")
        guard numbers.isEmpty != names.isEmpty else { throw context.invalid("either int64_vocabulary or string_vocabulary must be given") }
        integers = Dictionary(zip(numbers, 0...), uniquingKeysWith: { $1 })
        texts = Dictionary(zip(names.map(TextKey.init), 0...), uniquingKeysWith: { $1 })
        count = max(numbers.count, names.count)
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (keys, values) = try inputs.map(0)
        let places: [Int?] =
            if case .string(let names) = keys.elements { names.map { texts[TextKey($0)] } } else {
                try keys.integers().map { integers[$0] }
            }
        let filler: Tensor.Elements = values.elementType == .string ? .string([""]) : try values.elements.likewise([0])
        guard let all = values.elements.appending(filler) else { throw Tensor.Elements.unsupported(values.elementType) }
        var sources = [Int](repeating: values.count, count: count)
        for (index, place) in places.enumerated() { if let place { sources[place] = index } }
        return [.tensor(Tensor(unchecked: [1, count], all.picking(sources)))]
    }
}
