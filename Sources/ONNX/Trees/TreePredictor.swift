/// An ensemble with its output rules, in one precision.
struct TreePredictor<Number: TreeNumber>: Sendable {
    let walker: TreeWalker
    let output: EnsembleOutput

    var ensemble: TreeEnsemble { walker.ensemble }

    init(_ node: ONNXNode) throws {
        let ensemble = try TreeEnsemble(node, precision: Number.self == Double.self ? .double : .float)
        walker = TreeWalker(ensemble: ensemble)
        let task: EnsembleOutput.Task =
            node.operation == "TreeEnsembleClassifier"
            ? .classification(try ClassLabels(node, integers: "classlabels_int64s")) : .regression
        do {
            output = try EnsembleOutput(ensemble, task: task, transform: try PostTransform(node))
        } catch let error as ONNXError {
            throw error.located(node.place)
        }
    }

    func predict(_ values: [Number], _ shape: RowShape) throws -> (scores: [Number], classes: [Int32]) {
        guard shape.columns >= ensemble.featureCount || shape.rows == 0 else {
            throw ONNXError(
                .invalidInput, "the trees read \(ensemble.featureCount) columns, the rows have \(shape.columns)",
                suggestion: "pass the columns that the model was trained with, in the same order")
        }
        var classes = [Int32](repeating: 0, count: shape.rows)
        let width = output.outputCount
        let scores = [Number](unsafeUninitializedCapacity: shape.rows * width) { buffer, count in
            count = shape.rows * width
            values.withUnsafeBufferPointer { rows in
                withUnsafeTemporaryAllocation(of: Bool.self, capacity: width) { scored in
                    guard let source = rows.baseAddress, let target = buffer.baseAddress, let flags = scored.baseAddress else { return }
                    for row in 0..<shape.rows {
                        let sums = target + row * width
                        walker.aggregate(source + row * shape.columns, into: sums, scored: flags)
                        classes[row] = output.finish(UnsafeMutableBufferPointer(start: sums, count: width), scored: flags)
                    }
                }
            }
        }
        return (scores, classes)
    }
}
