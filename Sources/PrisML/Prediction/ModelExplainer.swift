import ONNX

/// Takes a model's answers apart by column, whatever kind of model it is.
struct ModelExplainer: Sendable {
    private enum Kind: Sendable {
        case trees(TreeExplainer)
        case linear(LinearTerms)
    }

    private let kind: Kind
    /// The outputs that the model adds to. One alone is, of two classes, the second one's.
    let outputs: [Int]

    /// The weights of a linear model on the columns as they come in.
    struct LinearTerms: Sendable {
        /// For each output a weight for each column.
        var weights: [[Double]]
        var intercepts: [Double]
        /// What each column is compared with: its mean over the training rows.
        var offsets: [Double]
    }

    /// Nil if the graph is none that can be explained exactly.
    init?(_ model: ONNXModel) {
        let nodes = model.graph.nodes
        if let node = nodes.first(where: { $0.operation.hasPrefix("TreeEnsemble") }) {
            guard !nodes.contains(where: { $0.operation == "Scaler" }), let trees = try? TreeEnsemble(node, precision: .float),
                let explainer = TreeExplainer(trees)
            else { return nil }
            kind = .trees(explainer)
            outputs = Self.outputs(of: trees)
        } else if let node = nodes.first(where: { $0.operation.hasPrefix("Linear") }), let terms = LinearTerms(node, among: nodes) {
            kind = .linear(terms)
            outputs = Array(terms.weights.indices)
        } else {
            return nil
        }
    }

    /// The base, and what each column of a row contributes to an output.
    func contributions(of row: [Double], output: Int) -> (base: Double, columns: [Double]) {
        switch kind {
        case .trees(let explainer):
            return (explainer.base[output], explainer.contributions(of: row)[output])
        case .linear(let terms):
            let columns = zip(terms.weights[output], zip(row, terms.offsets)).map { weight, pair in weight * (pair.0 - pair.1) }
            return (terms.intercepts[output], columns)
        }
    }
}

extension ModelExplainer {
    private static func outputs(of trees: TreeEnsemble) -> [Int] {
        var used: Set<Int> = []
        for node in 0..<trees.nodeCount {
            guard case .leaf(let weights) = trees[node: node] else { continue }
            for index in weights { used.insert(trees[weight: index].output) }
        }
        return used.sorted()
    }
}

extension ModelExplainer.LinearTerms {
    /// A linear model after at most one scaler.
    init?(_ node: ONNXNode, among nodes: [ONNXNode]) {
        guard let coefficients = try? node.attribute("coefficients")?.floats(), let found = try? node.attribute("intercepts")?.floats(),
            !found.isEmpty, coefficients.count.isMultiple(of: found.count)
        else { return nil }
        let width = coefficients.count / found.count
        var offsets = [Double](repeating: 0, count: width)
        var scales = [Double](repeating: 1, count: width)
        if let scaler = nodes.first(where: { $0.operation == "Scaler" }) {
            guard let offset = try? scaler.attribute("offset")?.floats(), let scale = try? scaler.attribute("scale")?.floats(),
                offset.count == width, scale.count == width
            else { return nil }
            offsets = offset.map(Double.init)
            scales = scale.map(Double.init)
        }
        weights = (0..<found.count).map { output in
            (0..<width).map { Double(coefficients[output * width + $0]) * scales[$0] }
        }
        intercepts = found.map(Double.init)
        self.offsets = offsets
    }
}
