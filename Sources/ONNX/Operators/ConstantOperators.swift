/// Tensors out of nothing.
enum ConstantOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Constant": { Constant(value: try Constant.value($0)) },
        "ConstantOfShape": { ConstantOfShape(value: try $0.node.attribute("value")?.tensor() ?? Tensor(unchecked: [1], .float([0]))) },
        "Range": { _ in NumberRange() },
        "EyeLike": { try EyeLike($0) },
    ]
}

struct Constant: Operator {
    let value: Tensor

    static func value(_ context: NodeContext) throws -> Tensor {
        for attribute in context.node.attributes {
            switch attribute.name {
            case "value": return try attribute.tensor()
            case "value_float": return Tensor(unchecked: [], .float([try attribute.float()]))
            case "value_int": return Tensor(unchecked: [], .int64([try attribute.int()]))
            case "value_string": return Tensor(unchecked: [], .string([try attribute.string()]))
            case "value_floats":
                let values = try attribute.floats()
                return Tensor(unchecked: [values.count], .float(values))
            case "value_ints":
                let values = try attribute.ints()
                return Tensor(unchecked: [values.count], .int64(values))
            case "value_strings":
                let values = try attribute.strings()
                return Tensor(unchecked: [values.count], .string(values))
            default: continue
            }
        }
        throw context.invalid("the constant has no value that is read here")
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] { [.tensor(value)] }
}

struct ConstantOfShape: Operator {
    let value: Tensor

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let shape = try inputs.tensor(0).integers().map { Int(truncatingIfNeeded: $0) }
        guard value.count == 1 else {
            throw ONNXError(.invalidGraph, "the value of ConstantOfShape is not one element", suggestion: "export the model again")
        }
        return [.tensor(Tensor(unchecked: shape, value.elements.picking([Int](repeating: 0, count: try inputs.count(of: shape)))))]
    }
}

struct NumberRange: Operator {
    private struct Visitor: NumberVisitor {
        let limit: Int

        func visit<Number: TensorNumber>(_ bounds: [Number]) throws -> Tensor.Elements {
            guard bounds.count == 3, bounds[2] != .zero else { throw Self.wrong }
            let count = ((bounds[1].asDouble - bounds[0].asDouble) / bounds[2].asDouble).rounded(.up)
            guard !count.isNaN, count <= Double(limit) else { throw Self.wrong }
            var values: [Number] = []
            var next = bounds[0]
            for _ in 0..<max(Int(count), 0) {
                values.append(next)
                next = Number.plus(next, bounds[2])
            }
            return Number.wrap(values)
        }

        static var wrong: ONNXError {
            ONNXError(.invalidInput, "a start, an end and a step that leads there are needed", suggestion: "check the inputs of Range")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let bounds = try (0..<3).map { try inputs.tensor($0).reshaped([1]) }
        guard bounds.allSatisfy({ $0.count == 1 }) else { throw Visitor.wrong }
        let elements = try Concat.joined(bounds, axis: 0, limit: inputs.limit).elements.accept(Visitor(limit: inputs.limit))
        return [.tensor(Tensor(unchecked: [elements.count], elements))]
    }
}

/// Ones on a diagonal, in the shape of another matrix.
struct EyeLike: Operator {
    private let type: ElementType?
    private let diagonal: Int

    init(_ context: NodeContext) throws {
        type = try context.node.attribute("dtype").flatMap { ElementType(rawValue: Int32(truncatingIfNeeded: try $0.int())) }
        diagonal = try context.int("k", 0)
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        guard input.shape.count == 2 else {
            throw ONNXError(.invalidInput, "EyeLike wants a matrix, not the shape \(input.shape)", suggestion: "check its input")
        }
        let (rows, columns) = (input.shape[0], input.shape[1])
        var values = [Double](repeating: 0, count: input.count)
        for row in 0..<rows {
            let (column, overflow) = row.addingReportingOverflow(diagonal)
            if !overflow, (0..<columns).contains(column) { values[row * columns + column] = 1 }
        }
        return [.tensor(Tensor(unchecked: input.shape, try Tensor.Elements.empty(type ?? input.elementType).likewise(values)))]
    }
}
