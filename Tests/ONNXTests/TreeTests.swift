import ONNX
import Testing

@Suite("Tree ensembles")
struct TreeTests {
    private static func sums(_ trees: [EnsembleTree], _ rows: [[Float]], aggregate: TreeEnsemble.Aggregate = .sum) throws -> [Float] {
        let columns = rows.first?.count ?? 0
        let model = try PipelineBuilder(columns: columns).regressor(trees, aggregate: aggregate)
        let session = try Session(contentsOf: model.encoded())
        let outputs = try session.run(["X": Tensor([rows.count, columns], rows.flatMap { $0 })])
        guard case .float(let values) = outputs["prediction"]?.tensor?.elements else { return [] }
        return values
    }

    @Test(
        "each comparison sends equal, smaller, larger and missing values where ONNX says",
        arguments: [
            (mode: TreeEnsemble.Mode.less, expected: [1, 0, 0, 0] as [Float]), (.lessOrEqual, [1, 1, 0, 0]), (.greater, [0, 0, 1, 0]),
            (.greaterOrEqual, [0, 1, 1, 0]), (.equal, [0, 1, 0, 0]), (.notEqual, [1, 0, 1, 1]),
        ])
    func modes(_ sample: (mode: TreeEnsemble.Mode, expected: [Float])) throws {
        for missingGoesYes in [false, true] {
            let tree = EnsembleTree([
                .branch(feature: 0, mode: sample.mode, threshold: 2, missingGoesYes: missingGoesYes, yes: 1, no: 2), .leaf([(0, 1)]),
                .leaf([(0, 0)]),
            ])
            var expected = sample.expected
            if missingGoesYes { expected[3] = 1 }
            #expect(try Self.sums([tree], [[1], [2], [3], [.nan]]) == expected)
        }
    }

    @Test("trees are summed, averaged, and their least and greatest taken")
    func aggregates() throws {
        let trees = [3, -1, 4].map { EnsembleTree([.leaf([(0, $0)])]) }
        #expect(try Self.sums(trees, [[0]], aggregate: .sum) == [6])
        #expect(try Self.sums(trees, [[0]], aggregate: .average) == [2])
        #expect(try Self.sums(trees, [[0]], aggregate: .minimum) == [-1])
        #expect(try Self.sums(trees, [[0]], aggregate: .maximum) == [4])
    }

    @Test("a classifier gives labels and probabilities, the same from a session and row by row")
    func classifier() throws {
        let session = try Session(model: Sample.classifier())
        let rows: [Float] = [.nan, 0, 0.4, 0, 0.5, 2, 0.5, 2.5]
        let outputs = try session.run(["X": Tensor([4, 2], rows)])
        #expect(outputs["label"] == .tensor(try Tensor([4], [0, 0, 1, 1] as [Int64])))

        let predictor = try session.rowPredictor()
        var scratch = predictor.makeScratch()
        var scores = [Float](repeating: 0, count: 8)
        var classes = [Int32](repeating: 9, count: 4)
        try rows.withUnsafeBufferPointer { rows in
            try scores.withUnsafeMutableBufferPointer { scores in
                try classes.withUnsafeMutableBufferPointer { classes in
                    try predictor.predict(rows: rows, rowCount: 4, into: scores, classes: classes, scratch: &scratch)
                }
            }
        }
        #expect(outputs["probabilities"] == .tensor(try Tensor([4, 2], scores)))
        #expect(classes == [0, 0, 1, 1])
        #expect(predictor.labels == .integers([0, 1]))
    }

    @Test("log-odds that are all positive are compared to 0, not to 0.5")
    func positiveLogOdds() throws {
        let tree = EnsembleTree([.leaf([(0, 0.25)])])
        let model = try PipelineBuilder(columns: 1).classifier([tree], labels: .strings(["no", "yes"]), transform: .logistic)
        let outputs = try Session(model: model).run(["X": Tensor([1, 1], [0] as [Float])])
        #expect(outputs["label"] == .tensor(try Tensor([1], ["yes"])))
    }

    @Test("several threads give what one gives, for every row")
    func threads() throws {
        let model = try Sample.classifier()
        let rows: [Float] = (0..<(5000 * 2)).map { $0 % 13 == 0 ? .nan : Float($0 % 7) / 2 }
        var found: [[Float]] = []
        for threads in [1, 2, 3] {
            let predictor = try Session(model: model, threads: threads).rowPredictor()
            var scratch = predictor.makeScratch()
            var scores = [Float](repeating: -1, count: 5000 * 2)
            try rows.withUnsafeBufferPointer { rows in
                try scores.withUnsafeMutableBufferPointer { try predictor.predict(rows: rows, rowCount: 5000, into: $0, scratch: &scratch) }
            }
            found.append(scores)
        }
        #expect(found[1] == found[0])
        #expect(found[2] == found[0])
        #expect(!found[0].contains(-1))
    }

    @Test("the trees of a file can be read")
    func reading() throws {
        let node = try #require(Sample.classifier().graph.nodes.first)
        let trees = try TreeEnsemble(node, precision: .float)
        #expect(trees.treeCount == 1)
        #expect(trees.depths == [2])
        #expect(trees[node: 0] == .branch(feature: 0, mode: .less, threshold: 0.5, missingGoesYes: true, yes: 1, no: 2))
        #expect(trees[node: 3] == .leaf(weights: 1..<2))
        #expect(trees[weight: 1] == (0, 0.25))
        #expect(trees.leaf(from: 0, row: [0.75, 9]) == 4)
    }

    @Test("an imputer and a scaler before the trees give the same from a session and row by row")
    func preparation() throws {
        var pipeline = PipelineBuilder(columns: 2)
        pipeline.impute(with: [3, 4])
        pipeline.scale(offsets: [1, 2], scales: [0.25, 1])
        let session = try Session(model: pipeline.regressor([Sample.tree]))
        let rows: [Float] = (0..<200).map { $0 % 7 == 0 ? .nan : Float($0 % 11) }
        let expected = try session.run(["X": Tensor([100, 2], rows)])
        let predictor = try session.rowPredictor()
        var scratch = predictor.makeScratch()
        var scores = [Float](repeating: 0, count: 100)
        try rows.withUnsafeBufferPointer { rows in
            try scores.withUnsafeMutableBufferPointer { try predictor.predict(rows: rows, rowCount: 100, into: $0, scratch: &scratch) }
        }
        #expect(expected["prediction"] == .tensor(try Tensor([100, 1], scores)))
        #expect(Set(scores).count == 3)
    }
}

@Suite("Trees that contradict themselves")
struct BadTreeTests {
    @Test(
        "are refused with a reason",
        arguments: [
            (change: ("nodes_truenodeids", [1, 0, 9, 0, 0]), message: "node 2 of tree 0 points at node 9, which does not exist"),
            (change: ("nodes_truenodeids", [1, 0, 2, 0, 0]), message: "node 2 of tree 0 points at itself"),
            (change: ("nodes_truenodeids", [1, 0, 0, 0, 0]), message: "node 2 is below itself"),
            (change: ("nodes_nodeids", [0, 1, 2, 3, 3]), message: "tree 0 has two nodes 3"),
            (change: ("nodes_featureids", [0, 0, -1, 0, 0]), message: "node 2 reads column -1"),
            (change: ("nodes_featureids", [0, 0]), message: "nodes_featureids has 2 entries where nodes_treeids has 5"),
            (change: ("class_ids", [0, 2, 0]), message: "a leaf adds to an output outside of 0..<2"),
            (change: ("class_nodeids", [1, 3, 7]), message: "a weight belongs to node 7 of tree 0, which does not exist"),
            (change: ("classlabels_int64s", []), message: "there are no class labels"),
        ] as [(change: (String, [Int64]), message: String)])
    func refused(_ sample: (change: (String, [Int64]), message: String)) throws {
        var model = try Sample.classifier()
        let (name, values) = sample.change
        model.graph.nodes[0].attributes.removeAll { $0.name == name }
        model.graph.nodes[0].attributes.append(ONNXAttribute(name, values))
        let error = try #require(throws: ONNXError.self) { try Session(model: model) }
        #expect(error.message.contains(sample.message), "\(error)")
        #expect(error.location != nil)
    }
}
