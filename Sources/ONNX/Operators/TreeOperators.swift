/// `TreeEnsembleRegressor`, `TreeEnsembleClassifier` and `TreeEnsemble`.
enum TreeOperators {
    static let all: [String: OperatorSet.Factory] = [
        "TreeEnsembleRegressor": { try TreeOperator($0) },
        "TreeEnsembleClassifier": { try TreeOperator($0) },
        "TreeEnsemble": { try TreeOperator($0) },
    ]
}

/// An ensemble in the precision of its input; where that is known before anything runs, only one of the two is ever made.
struct TreeOperator: Operator {
    let narrow: Deferred<TreeEngine<Float>>?
    private let wide: Deferred<TreeEngine<Double>>?
    private let isClassifier: Bool
    /// Whether the output has the input's precision; the older operators always give single precision.
    private let keepsPrecision: Bool

    init(_ context: NodeContext) throws {
        let node = context.node
        // An engine that is not made yet keeps the node, and with it the bytes of the file.
        let type = context.inputTypes.first ?? nil
        narrow = type == .double ? nil : Deferred { try TreeEngine(node) }
        wide = type == .double || type == nil ? Deferred { try TreeEngine(node) } : nil
        isClassifier = node.operation == "TreeEnsembleClassifier"
        keepsPrecision = node.operation == "TreeEnsemble"
        // The precision that will be used is made now, so that a file's faults are found when it is opened.
        if let narrow { _ = try narrow.value } else { _ = try wide?.value }
    }

    /// The layout of the precision that was made first.
    var form: String? {
        narrow?.ready?.formDescription ?? wide?.ready?.formDescription
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        if let wide, narrow == nil || input.elementType == .double {
            let predictor = try wide.value
            let (values, classes) = try predictor.predict(try input.doubles(), shape)
            return results(predictor.output, keepsPrecision ? .double(values) : .float(values.map { Float($0) }), classes, shape)
        }
        guard let predictor = try narrow?.value else { return [] }
        let (values, classes) = try predictor.predict(try input.floats(), shape)
        return results(predictor.output, .float(values), classes, shape)
    }

    private func results(_ output: EnsembleOutput, _ scores: Tensor.Elements, _ classes: [Int32], _ shape: RowShape) -> [ONNXValue] {
        let tensor = Tensor(unchecked: [shape.rows, output.outputCount], scores)
        guard isClassifier, case .classification(let labels) = output.task else { return [.tensor(tensor)] }
        return [.tensor(labels.tensor(classes)), .tensor(tensor)]
    }
}

/// A matrix's rows and columns; a vector is one row.
struct RowShape {
    let rows: Int
    let columns: Int

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    init(_ tensor: Tensor) throws {
        switch tensor.shape.count {
        case 1: (rows, columns) = (1, tensor.shape[0])
        case 2: (rows, columns) = (tensor.shape[0], tensor.shape[1])
        default:
            throw ONNXError(
                .invalidInput, "a matrix is wanted where there is a tensor of shape \(tensor.shape)", suggestion: "pass rows of columns")
        }
    }
}
