/// A graph compiled into a list of steps over numbered slots.
///
/// Names are resolved, nodes are put into an order in which each finds its inputs ready, nodes that depend on constants only are run once,
/// and each value is dropped after its last use.
struct Plan: Sendable {
    struct Step: Sendable {
        let node: ONNXNode
        let operation: any Operator
        /// The slot of each input; -1 is an optional input that is left out.
        let inputs: [Int]
        let outputs: [Int]
        /// The slots that no later step reads.
        let lastUses: [Int]
    }

    let steps: [Step]
    let constants: [(slot: Int, value: ONNXValue)]
    let inputs: [(slot: Int, info: ONNXValueInfo)]
    let outputs: [(slot: Int, info: ONNXValueInfo)]
    let slotCount: Int
    /// The elements of the constants and the bytes of the attributes: what a run may take, for each element that goes in.
    private let size: Int

    /// Folding must not turn a small file into a large plan: all folded values together have no more elements.
    private static let largestFoldedCount = 1 << 20
    /// What a run may take however small the file is.
    private static let leastBudget = 1 << 20

    init(_ model: ONNXModel) throws {
        try Self.refuseWhatNeedsRuntime(model)
        let graph = model.graph
        var slots: [String: Int] = [:]
        var known: [Int: ONNXValue] = [:]
        func define(_ name: String, _ place: String) throws -> Int {
            guard slots[name] == nil else {
                throw ONNXError(.invalidGraph, "the value '\(name)' is produced twice", at: place, suggestion: "export the model again")
            }
            slots[name] = slots.count
            return slots.count - 1
        }
        for tensor in graph.initializers { known[try define(tensor.name, "initializer")] = .tensor(try tensor.tensor()) }
        // Old files list their constants among the inputs as well.
        inputs = try graph.inputs.filter { slots[$0.name] == nil }.map { (try define($0.name, "graph input"), $0) }
        var types = ElementTypes(inputs.map(\.info), known: known, slots: slots)

        var compiled: [Step] = []
        var foldable = Self.largestFoldedCount
        for node in try Self.ordered(graph, given: Set(slots.keys)) {
            let step = try Self.step(node, model, slots: &slots, types: &types)
            if !step.inputs.isEmpty || node.operation == "Constant", step.inputs.allSatisfy({ $0 < 0 || known[$0] != nil }),
                let folded = Self.fold(step, known, limit: foldable)
            {
                foldable -= folded.reduce(0) { $0 + $1.elementCount }
                for (slot, value) in zip(step.outputs, folded) where slot >= 0 { known[slot] = value }
            } else {
                compiled.append(step)
            }
        }
        outputs = try graph.outputs.map { info in
            guard let slot = slots[info.name] else {
                throw ONNXError(
                    .invalidGraph, "no node produces the output '\(info.name)'", at: "graph output", suggestion: "export the model again")
            }
            return (slot, info)
        }
        slotCount = slots.count
        steps = Self.withLastUses(compiled, kept: Set(outputs.map(\.slot)))
        let used = Set(steps.flatMap(\.inputs) + outputs.map(\.slot))
        constants = known.filter { used.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        size = compiled.reduce(constants.reduce(64) { $0 + $1.value.elementCount }) { total, step in
            step.node.attributes.reduce(total + 64) { $0 + $1.body.count }
        }
    }

    /// The elements that all steps together may make: a few bytes of a file must not ask for all of the memory, or for minutes.
    private func budget(_ given: [ONNXValue]) -> Int {
        let (product, overflow) = given.reduce(1) { $0 + $1.elementCount }.multipliedReportingOverflow(by: size)
        return overflow ? .max : max(product, Self.leastBudget)
    }

    func run(_ given: [ONNXValue]) throws -> [ONNXValue] {
        var budget = budget(given)
        let work = budget
        var slots = [ONNXValue?](repeating: nil, count: slotCount)
        for (slot, value) in constants { slots[slot] = value }
        for (input, value) in zip(inputs, given) { slots[input.slot] = value }
        for step in steps {
            let results: [ONNXValue]
            do {
                results = try step.operation.run(
                    Inputs(step.inputs.map { $0 < 0 ? nil : slots[$0] }, limit: min(budget, Inputs.usualLimit), work: work))
                budget = max(budget - results.reduce(0) { $0 + $1.elementCount }, 0)
            } catch let error as ONNXError {
                throw error.located(step.node.place)
            }
            for slot in step.lastUses { slots[slot] = nil }
            guard results.count >= step.outputs.count else {
                throw ONNXError(.invalidGraph, "has \(results.count) outputs where \(step.outputs.count) are named", at: step.node.place)
            }
            for (slot, value) in zip(step.outputs, results) where slot >= 0 { slots[slot] = value }
        }
        return try outputs.map { output in
            guard let value = slots[output.slot] else {
                throw ONNXError(.invalidGraph, "the output '\(output.info.name)' was not produced", suggestion: "export the model again")
            }
            return value
        }
    }

    // MARK: Compiling

    /// What a native plan cannot hold, said before any work.
    private static func refuseWhatNeedsRuntime(_ model: ONNXModel) throws {
        let suggestion = "run the model with the engine onnxRuntime"
        guard model.functionCount == 0 else {
            throw ONNXError(.unsupportedOperator, "the model defines functions of its own", suggestion: suggestion)
        }
        guard model.graph.sparseInitializerCount == 0 else {
            throw ONNXError(.unsupportedOperator, "the model has sparse constants", suggestion: suggestion)
        }
        let missing = Set(
            model.graph.nodes.filter { OperatorSet.factory($0) == nil }.map {
                $0.domain.isEmpty ? $0.operation : "\($0.domain).\($0.operation)"
            })
        guard missing.isEmpty else {
            throw ONNXError(
                .unsupportedOperator, "there is no native operator \(missing.sorted().joined(separator: ", "))", suggestion: suggestion)
        }
    }

    private static func step(_ node: ONNXNode, _ model: ONNXModel, slots: inout [String: Int], types: inout ElementTypes) throws -> Step {
        guard let version = model.opsetVersion(node.domain), let factory = OperatorSet.factory(node) else {
            throw ONNXError(
                .invalidGraph, "the file does not import the operator set '\(node.domain.isEmpty ? "ai.onnx" : node.domain)'",
                at: node.place,
                suggestion: "export the model again")
        }
        // A later version may change what an operator means, so it is not taken for an older one.
        guard let newest = OperatorSet.newest[node.domain], version <= newest else {
            throw ONNXError(
                .unsupportedFile,
                "the operator set '\(node.domain.isEmpty ? "ai.onnx" : node.domain)' has version \(version), which is newer than the native operators",
                at: node.place, suggestion: "export the model for an older version, or run it with the engine onnxRuntime")
        }
        let inputs = node.inputs.map { $0.isEmpty ? -1 : slots[$0] ?? -1 }
        guard !types.inputs(node).contains(.float16) || OperatorSet.movers.contains(node.operation) else {
            throw ONNXError(
                .unsupportedOperator, "the native operator does not compute in half precision", at: node.place,
                suggestion: "run the model with the engine onnxRuntime")
        }
        let operation: any Operator
        do {
            operation = try factory(NodeContext(node: node, version: version, inputTypes: types.inputs(node)))
        } catch let error as ONNXError {
            throw error.located(node.place)
        }
        let outputs = try node.outputs.map { name in
            guard !name.isEmpty else { return -1 }
            guard slots[name] == nil else {
                throw ONNXError(
                    .invalidGraph, "the value '\(name)' is produced twice", at: node.place, suggestion: "export the model again")
            }
            slots[name] = slots.count
            return slots.count - 1
        }
        types.note(node)
        return Step(node: node, operation: operation, inputs: inputs, outputs: outputs, lastUses: [])
    }

    /// The nodes in an order in which each comes after those that it reads from.
    private static func ordered(_ graph: ONNXGraph, given: Set<String>) throws -> [ONNXNode] {
        var producer: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() { for output in node.outputs where !output.isEmpty { producer[output] = index } }
        var waiting = [Int](repeating: 0, count: graph.nodes.count)
        var readers: [Int: [Int]] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs where !input.isEmpty && !given.contains(input) {
                guard let source = producer[input] else {
                    throw ONNXError(
                        .invalidGraph, "no node produces the input '\(input)'", at: node.place, suggestion: "export the model again")
                }
                waiting[index] += 1
                readers[source, default: []].append(index)
            }
        }
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < ready.count {
            for reader in readers[ready[next]] ?? [] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
            next += 1
        }
        guard ready.count == graph.nodes.count else {
            let stuck = waiting.firstIndex { $0 > 0 }.map { graph.nodes[$0].place }
            throw ONNXError(.invalidGraph, "the graph has a cycle", at: stuck, suggestion: "export the model again")
        }
        return ready.map { graph.nodes[$0] }
    }

    private static func fold(_ step: Step, _ known: [Int: ONNXValue], limit: Int) -> [ONNXValue]? {
        let inputs = Inputs(step.inputs.map { known[$0] }, limit: limit, work: 4 * largestFoldedCount)
        guard let results = try? step.operation.run(inputs), results.count >= step.outputs.count,
            results.allSatisfy({ $0.tensor != nil })
        else { return nil }
        return results.reduce(0) { $0 + $1.elementCount } <= limit ? results : nil
    }

    private static func withLastUses(_ steps: [Step], kept: Set<Int>) -> [Step] {
        var seen = kept
        var result: [Step] = []
        for step in steps.reversed() {
            let last = Set(step.inputs).filter { $0 >= 0 && !seen.contains($0) }
            seen.formUnion(last)
            // What the attributes say is in the operation; they themselves would keep the file's bytes.
            let node = ONNXNode(
                step.node.operation, domain: step.node.domain, name: step.node.name, inputs: step.node.inputs, outputs: step.node.outputs)
            result.append(Step(node: node, operation: step.operation, inputs: step.inputs, outputs: step.outputs, lastUses: last.sorted()))
        }
        return result.reversed()
    }
}
