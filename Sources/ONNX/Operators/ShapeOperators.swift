/// Operators that move values without changing them.
enum ShapeOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Identity": { _ in Identity() }
    ]
}

struct Identity: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        guard let value = inputs.values.first, let value else {
            throw ONNXError(.invalidGraph, "input 0 is missing", suggestion: "export the model again")
        }
        return [value]
    }
}
