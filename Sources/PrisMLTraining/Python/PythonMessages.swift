import Foundation

/// What `train.py` is asked, and what it answers: a length, a JSON header of that length, then the arrays that it names.
extension MessageStream {
    struct PythonRequest: Encodable {
        var task: String
        var classes: Int
        var columns: [String]
        var seed: UInt64
        var threads: Int
        var estimator: String?
        var script: String?
        var scriptName: String?
        /// Name, kind and count of each array.
        var arrays: [Array] = []
        var only: Question?

        /// What is asked that needs no rows.
        enum Question: String, Encodable {
            case versions, check
        }

        struct Array: Encodable {
            var name: String
            var count: Int

            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(name)
                try list.encode("f4")
                try list.encode(count)
            }
        }
    }

    struct PythonAnswer: Decodable {
        var kind: String
        var message: String?
        var round: Int?
        var rounds: Int?
        var versions: [String: String]?
        var importances: [Double]?
        var hasScores: Bool?
        /// How many rounds of trees the model has, those that early stopping cut off not counted.
        var keptRounds: Int?
        var sizes: [Int]
    }

    /// Asks for the versions of what is installed only.
    func askForVersions() throws {
        try write(python: PythonRequest(task: "", classes: 0, columns: [], seed: 0, threads: 0, only: .versions), parameters: "{}")
    }

    /// Asks whether an algorithm can be trained there, as far as it can be told without rows.
    func ask(about algorithm: PythonAlgorithm, for task: LearningTask) throws {
        var (header, parameters) = Self.header(algorithm, task, columns: [])
        header.only = .check
        try write(python: header, parameters: parameters)
    }

    func write(_ request: TrainingRequest, python algorithm: PythonAlgorithm) throws {
        var arrays: [(name: String, values: [Float])] = [
            ("x", request.training.features.values), ("y", request.training.labels), ("scoring", request.scoring?.values ?? []),
        ]
        if let weights = request.training.weights { arrays.append(("weights", weights)) }
        if let validation = request.validation {
            arrays += [("validation_x", validation.features.values), ("validation_y", validation.labels)]
        }
        var (header, parameters) = Self.header(algorithm, request.task, columns: request.training.features.names)
        header.arrays = arrays.map { .init(name: $0.name, count: $0.values.count) }
        try write(python: header, parameters: parameters)
        for array in arrays { try write(raw: array.values) }
    }

    private static func header(
        _ algorithm: PythonAlgorithm, _ task: LearningTask, columns: [String]
    ) -> (header: PythonRequest, parameters: String) {
        let name =
            switch task {
            case .binary: "binary"
            case .classes: "classes"
            case .regression: "regression"
            }
        var header = PythonRequest(
            task: name, classes: task.classCount, columns: columns, seed: algorithm.seed, threads: algorithm.threads)
        switch algorithm.source {
        case .estimator(let name, let parameters):
            header.estimator = name
            return (header, parameters)
        case .script(let name, let text):
            (header.scriptName, header.script) = (name, text)
            return (header, "{}")
        }
    }

    private func write(python header: PythonRequest, parameters: String) throws {
        // The parameters are JSON already; they go into the header as they are.
        var text = try JSONEncoder().encode(header)
        text.removeLast()
        text += Data(",\"parameters\":\(parameters)}".utf8)
        try write(Int64(text.count))
        try write(raw: [UInt8](text))
    }

    /// The next answer's header, and the arrays behind it.
    func readPython() throws -> (PythonAnswer, [[UInt8]]) {
        let count = try read(Int64.self)
        guard (0...(1 << 24)).contains(count) else { throw Broken() }
        let answer = try JSONDecoder().decode(PythonAnswer.self, from: Data(try readRaw(of: UInt8.self, count: Int(count))))
        return (answer, try answer.sizes.map { try readRaw(of: UInt8.self, count: $0) })
    }
}
