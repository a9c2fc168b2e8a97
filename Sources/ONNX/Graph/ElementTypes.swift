/// The element types of values, as far as they are known before anything runs.
struct ElementTypes {
    private var types: [String: ElementType] = [:]

    /// Operators whose first output has the type of their first input.
    private static let keeping: Set<String> = [
        "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Gather", "Concat", "Add", "Sub", "Mul", "Div",
        "ArrayFeatureExtractor",
    ]

    init(_ inputs: [ONNXValueInfo], known: [Int: ONNXValue], slots: [String: Int]) {
        for info in inputs { if case .tensor(let type, _) = info.type { types[info.name] = type } }
        for (name, slot) in slots { if let tensor = known[slot]?.tensor { types[name] = tensor.elementType } }
    }

    func inputs(_ node: ONNXNode) -> [ElementType?] {
        node.inputs.map { types[$0] }
    }

    mutating func note(_ node: ONNXNode) {
        guard let output = node.outputs.first else { return }
        if node.operation == "Cast", let number = try? node.attribute("to")?.int() {
            types[output] = Int32(exactly: number).flatMap(ElementType.init(rawValue:))
        } else if Self.keeping.contains(node.operation), let input = node.inputs.first {
            types[output] = types[input]
        }
    }
}
