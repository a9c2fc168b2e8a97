import Foundation

/// What a process and its child say to each other about a training.
extension MessageStream {
    // MARK: The request

    func write(_ request: TrainingRequest) throws {
        try write(json: request.task)
        try write(json: request.algorithm)
        try write(request.training)
        try write(request.validation != nil)
        if let validation = request.validation { try write(validation) }
        try write(request.scoring != nil)
        if let scoring = request.scoring { try write(scoring) }
    }

    func readRequest() throws -> TrainingRequest {
        var request = TrainingRequest(
            try readJSON(LearningTask.self), by: try readJSON(TrainingAlgorithm.self), on: try readRows())
        if try read(Bool.self) { request.validation = try readRows() }
        if try read(Bool.self) { request.scoring = try readFeatures() }
        return request
    }

    private func write(_ features: FeatureMatrix) throws {
        try write(json: features.names)
        try write(features.values)
    }

    private func readFeatures() throws -> FeatureMatrix {
        try FeatureMatrix(names: try readJSON([String].self), values: try readArray(of: Float.self))
    }

    private func write(_ rows: LabelledRows) throws {
        try write(rows.features)
        try write(rows.labels)
        try write(rows.weights != nil)
        if let weights = rows.weights { try write(weights) }
    }

    private func readRows() throws -> LabelledRows {
        let features = try readFeatures()
        let labels = try readArray(of: Float.self)
        return try LabelledRows(features, labels: labels, weights: try read(Bool.self) ? try readArray(of: Float.self) : nil)
    }

    // MARK: The answers

    enum Answer {
        case progress(TrainingProgress)
        case result(TrainingResult)
        case failure(TrainingError)
    }

    func write(_ answer: Answer) throws {
        switch answer {
        case .progress(let progress):
            try write(UInt8(0))
            try write(json: progress)
        case .result(let result):
            try write(UInt8(1))
            try write(result)
        case .failure(let error):
            try write(UInt8(2))
            try write(json: [error.code.rawValue, error.message, error.location, error.suggestion])
        }
    }

    func readAnswer() throws -> Answer {
        switch try read(UInt8.self) {
        case 0: return .progress(try readJSON(TrainingProgress.self))
        case 1: return .result(try readResult())
        case 2:
            let parts = try readJSON([String?].self)
            guard parts.count == 4, let code = parts[0], let message = parts[1] else { throw Broken() }
            return .failure(TrainingError(.init(rawValue: code), message, at: parts[2], suggestion: parts[3]))
        default: throw Broken()
        }
    }

    private func write(_ result: TrainingResult) throws {
        switch result.model {
        case .trees(let model):
            try write(UInt8(0))
            try write(json: model.task)
            try write(json: model.method)
            try write(json: model.columns)
            try write(model.base)
            try write(model.trees.count)
            for tree in model.trees { try write(tree) }
        case .linear(let model):
            try write(UInt8(1))
            try write(json: model)
        case .foreign: throw Broken()
        }
        try write(result.scores)
        try write(result.losses)
    }

    private func readResult() throws -> TrainingResult {
        let model: TrainedModel
        switch try read(UInt8.self) {
        case 0:
            let (task, method) = (try readJSON(LearningTask.self), try readJSON(TreeParameters.Method.self))
            let columns = try readJSON([String].self)
            let base = try readArray(of: Float.self)
            let count = try read(Int.self)
            var trees: [DecisionTree] = []
            while trees.count < count { trees.append(try readTree()) }
            model = .trees(TreeModel(task: task, method: method, columns: columns, trees: trees, base: base))
        case 1: model = .linear(try readJSON(LinearModel.self))
        default: throw Broken()
        }
        return TrainingResult(model: model, scores: try readArray(of: Float.self), losses: try readArray(of: Double.self))
    }

    /// A tree as one array of whole numbers and one of floats, whose order the nodes decide.
    private func write(_ tree: DecisionTree) throws {
        var (whole, numbers): ([Int32], [Float]) = ([], [])
        for node in tree.nodes {
            switch node {
            case .branch(let column, let threshold, let missingGoesLow, let low, let high, let gain):
                whole += [Int32(clamping: column), missingGoesLow ? 1 : 0, Int32(clamping: low), Int32(clamping: high)]
                numbers += [threshold, gain]
            case .leaf(let values):
                whole += [-1, Int32(clamping: values.count), 0, 0]
                numbers += values
            }
        }
        try write([Int32(clamping: tree.outputs.lowerBound), Int32(clamping: tree.outputs.upperBound)])
        try write(whole)
        try write(numbers)
        try write(tree.cover)
    }

    private func readTree() throws -> DecisionTree {
        let outputs = try readArray(of: Int32.self)
        let whole = try readArray(of: Int32.self)
        var numbers = try readArray(of: Float.self)[...]
        let cover = try readArray(of: Float.self)
        guard outputs.count == 2, outputs[0] <= outputs[1], whole.count == cover.count * 4 else { throw Broken() }
        let nodes = try stride(from: 0, to: whole.count, by: 4).map { start -> DecisionTree.Node in
            let isLeaf = whole[start] < 0
            let count = isLeaf ? Int(whole[start + 1]) : 2
            guard count >= 0, numbers.count >= count else { throw Broken() }
            let own = Array(numbers.prefix(count))
            numbers = numbers.dropFirst(count)
            return isLeaf
                ? .leaf(own)
                : .branch(
                    column: Int(whole[start]), threshold: own[0], missingGoesLow: whole[start + 1] != 0, low: Int(whole[start + 2]),
                    high: Int(whole[start + 3]), gain: own[1])
        }
        return DecisionTree(nodes: nodes, cover: cover, outputs: Int(outputs[0])..<Int(outputs[1]))
    }

    // MARK: JSON

    private func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try write([UInt8](try encoder.encode(value)))
    }

    private func readJSON<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: Data(try readArray(of: UInt8.self)))
    }
}
