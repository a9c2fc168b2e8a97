import ONNX
import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The most and the least that a tree ensemble can answer when one feature is known: what a condition on the score says about that
/// feature alone.
///
/// An ensemble's score is a sum of leaves. With one feature in an interval, each tree adds at most its largest leaf that is still
/// reachable, so the sum of those is a bound for every row whose feature lies there. Where even the bound misses the condition, no such
/// row can match, and the database need not give it.
struct ScoreBounds: Sendable {
    private let features: [FeatureBounds?]
    private let isLogistic: Bool
    /// What rounding in 32 bits can be off by, generously.
    private let slack: Double

    /// A part of a feature's values with the range that the sum lies in for them.
    struct Piece: Sendable {
        var low: Double
        var high: Double
    }

    enum FeatureBounds: Sendable {
        /// Ascending cuts, one piece more than there are cuts, and the piece of what is missing.
        case number(cuts: [Float], pieces: [Piece], missing: Piece)
        /// Where the values are all that there are, any other one is an error.
        case category(values: [(name: String, piece: Piece)], other: Piece, missing: Piece, isClosed: Bool)
    }

    /// Nil if the graph is none whose score is a sum of leaves.
    init?(_ model: ONNXModel, encoders: [FeatureEncoder]) {
        guard model.graph.nodes.count == 1, let node = model.graph.nodes.first, node.operation.hasPrefix("TreeEnsemble"),
            let trees = try? TreeEnsemble(node, precision: .float), trees.aggregate == .sum, trees.baseValues.count <= 1,
            let sums = TreeSums(trees)
        else { return nil }
        let transform = (try? node.attribute("post_transform")?.string()) ?? "NONE"
        switch (transform, node.operation) {
        case ("LOGISTIC", "TreeEnsembleClassifier") where trees.outputCount == 2: isLogistic = true
        case ("NONE", "TreeEnsembleRegressor") where trees.outputCount == 1: isLogistic = false
        case ("NONE", "TreeEnsembleClassifier") where trees.outputCount == 2: isLogistic = false
        default: return nil
        }
        slack = 1e-6 + 1e-4 * sums.magnitude
        var column = 0
        features = encoders.map { encoder in
            defer { column += encoder.width }
            return FeatureBounds(encoder, column: column, sums)
        }
    }

    /// A condition on the features that holds for every row whose score satisfies a comparison; nil if nothing is known.
    func condition(
        _ comparison: BinaryOperator, _ limit: Double, on nodes: [ExpressionNode?], _ dialect: SQLDialect
    ) -> ExpressionNode? {
        let isAbove = comparison == .greater || comparison == .greaterOrEqual
        guard isAbove || comparison == .less || comparison == .lessOrEqual, nodes.count == features.count, limit.isFinite else {
            return nil
        }
        var bound = limit
        if isLogistic {
            // Near 0 and 1 the probability in 32 bits says too little about the sum.
            guard limit > 1e-4, limit < 1 - 1e-4 else { return nil }
            let moved = isAbove ? limit - 2e-6 : limit + 2e-6
            bound = Double.logarithm(moved / (1 - moved))
        }
        bound += isAbove ? -slack : slack
        func isPossible(_ piece: Piece) -> Bool { isAbove ? piece.high >= bound : piece.low <= bound }
        return zip(nodes, features).reduce(nil) { condition, pair in
            let (node, bounds) = pair
            // What the database would have to look up elsewhere is no cheap condition.
            guard let bounds, let node, !node.readsMoreThanColumns, let own = bounds.condition(on: node, dialect, isPossible) else {
                return condition
            }
            return ExpressionNode.conjunction(condition, own)
        }
    }
}

extension ScoreBounds.FeatureBounds {
    /// Nil if no tree reads the feature, or if its encoding has no inverse.
    fileprivate init?(_ encoder: FeatureEncoder, column: Int, _ sums: TreeSums) {
        switch encoder.method {
        case .number:
            let cuts = sums.cuts(of: column)
            guard !cuts.isEmpty else { return nil }
            let pieces = sums.pieces(of: column, cuts)
            let missing = sums.piece([column: encoder.null])
            self = .number(cuts: cuts, pieces: pieces, missing: missing)
        case .oneHot(let values) where values.count <= 64:
            let columns = column..<column + values.count
            guard columns.contains(where: { !sums.cuts(of: $0).isEmpty }) else { return nil }
            func piece(_ value: (Int) -> Float) -> ScoreBounds.Piece {
                sums.piece(Dictionary(columns.map { ($0, value($0)) }, uniquingKeysWith: { first, _ in first }))
            }
            let nullPlace = encoder.nullText.flatMap(values.firstIndex)
            self = .category(
                values: values.enumerated().map { place, name in (name, piece { $0 == column + place ? 1 : 0 }) },
                other: piece { _ in 0 },
                missing: piece { index in
                    guard encoder.nullText != nil else { return encoder.null }
                    return nullPlace.map { index == column + $0 } == true ? 1 : 0
                }, isClosed: encoder.isClosed)
        default: return nil
        }
    }

    fileprivate func condition(
        on node: ExpressionNode, _ dialect: SQLDialect, _ isPossible: (ScoreBounds.Piece) -> Bool
    ) -> ExpressionNode? {
        let isNull = ExpressionNode.unary(.isNull, node)
        switch self {
        case .number(let cuts, let pieces, let missing):
            guard node.type == .double || node.type.isInteger else { return nil }
            var ranges: [(first: Int, last: Int)] = []
            for index in pieces.indices where isPossible(pieces[index]) {
                if let last = ranges.last, last.last == index - 1 {
                    ranges[ranges.count - 1].last = index
                } else {
                    ranges.append((index, index))
                }
            }
            guard ranges.first?.first != 0 || ranges.last?.last != pieces.count - 1 || ranges.count > 1 else { return nil }
            // Many holes cost more than they save.
            if ranges.count > 3, let first = ranges.first, let last = ranges.last { ranges = [(first.first, last.last)] }
            var terms = ranges.compactMap { range in
                ExpressionNode.conjunction(
                    range.first == 0 ? nil : node.compared(.greaterOrEqual, cuts[range.first - 1].nextDown),
                    range.last == pieces.count - 1 ? nil : node.compared(.lessOrEqual, cuts[range.last].nextUp))
            }
            guard terms.count == ranges.count else { return nil }
            if isPossible(missing) { terms.append(isNull) }
            // On PostgreSQL, not a number counts as missing and is the greatest of all. On SQLite, what is stored may be no number at all,
            // which is greater too: the model must come to see it, so that the row fails and is not left out.
            if dialect == .sqlite || node.type == .double && isPossible(missing) {
                terms.append(.binary(.greater, node, .literal(.double(.greatestFiniteMagnitude), .double)))
            }
            return terms.reduce(nil, Self.either) ?? .literal(.bool(false), .bool)
        case .category(let values, let other, let missing, let isClosed):
            // What the model refuses must reach it, so that the row fails and is not left out.
            let admitsOthers = isClosed || isPossible(other)
            let possible = values.filter { isPossible($0.piece) }.map { SQLValue.text($0.name) }
            guard possible.count < values.count || !admitsOthers else { return nil }
            var named: ExpressionNode
            if admitsOthers {
                let impossible = values.filter { !isPossible($0.piece) }.map { SQLValue.text($0.name) }
                named = .unary(.not, .membership(node, impossible, node.type))
            } else {
                named = .membership(node, possible, node.type)
                // Bytes where text should be are greater than any text.
                if dialect == .sqlite { named = Self.either(named, .binary(.greaterOrEqual, node, .literal(.bytes(Data()), .bytes))) }
            }
            return isPossible(missing) ? Self.either(named, isNull) : named
        }
    }

    private static func either(_ left: ExpressionNode?, _ right: ExpressionNode) -> ExpressionNode {
        left.map { .binary(.or, $0, right) } ?? right
    }
}

extension ExpressionNode {
    fileprivate var readsMoreThanColumns: Bool {
        var reads = false
        visit { node in
            switch node {
            case .aggregate, .function, .tooDeep: reads = true
            default: break
            }
        }
        return reads
    }

    /// A comparison with a bound of 32 bits, which for a whole number is one itself, so that an index can serve.
    fileprivate func compared(_ comparison: BinaryOperator, _ bound: Float) -> ExpressionNode {
        guard type.isInteger else { return .binary(comparison, self, .literal(.double(Double(bound)), .double)) }
        let whole = comparison == .greaterOrEqual ? Double(bound).rounded(.down) : Double(bound).rounded(.up)
        let limit = Int64(exactly: whole) ?? (whole < 0 ? .min : .max)
        return .binary(comparison, self, .literal(.int(limit), .bigInt))
    }
}

/// The reachable leaves of an ensemble's trees.
private struct TreeSums {
    private let trees: TreeEnsemble
    private let base: Double
    /// For each column the trees that read it.
    private let readers: [[Int]]
    private let mode: TreeEnsemble.Mode
    /// Each tree's own range, nothing known.
    private let ranges: [ScoreBounds.Piece]

    /// Nil if trees add to more than one output, or compare in more than one way.
    init?(_ trees: TreeEnsemble) {
        self.trees = trees
        base = trees.baseValues.first ?? 0
        var readers = [Set<Int>](repeating: [], count: trees.featureCount)
        var modes: Set<TreeEnsemble.Mode> = []
        var outputs: Set<Int> = []
        for (tree, root) in trees.roots.enumerated() {
            var open = [root]
            while let index = open.popLast() {
                switch trees[node: index] {
                case .leaf(let weights): for weight in weights { outputs.insert(trees[weight: weight].output) }
                case .branch(let feature, let mode, _, _, let yes, let no):
                    readers[feature].insert(tree)
                    modes.insert(mode)
                    open += [yes, no]
                }
            }
        }
        guard outputs.count == 1, modes.count == 1, let mode = modes.first, [.less, .lessOrEqual].contains(mode) else { return nil }
        self.mode = mode
        self.readers = readers.map { $0.sorted() }
        ranges = trees.roots.map { Self.range(trees, $0, [:]) }
    }

    /// The largest sum of leaves that can come together, by magnitude.
    var magnitude: Double { ranges.reduce(base.magnitude) { $0 + max($1.low.magnitude, $1.high.magnitude) } }

    func cuts(of column: Int) -> [Float] {
        guard readers.indices.contains(column) else { return [] }
        return Set(readers[column].flatMap { cuts(of: column, in: $0) }).sorted()
    }

    private func cuts(of column: Int, in tree: Int) -> [Float] {
        var cuts: [Float] = []
        var open = [trees.roots[tree]]
        while let index = open.popLast() {
            guard case .branch(let feature, _, let threshold, _, let yes, let no) = trees[node: index] else { continue }
            if feature == column { cuts.append(Float(threshold)) }
            open += [yes, no]
        }
        return cuts
    }

    /// The range of the sum for a row with these values.
    func piece(_ known: [Int: Float]) -> ScoreBounds.Piece {
        trees.roots.reduce(into: ScoreBounds.Piece(low: base, high: base)) { sum, root in
            let range = Self.range(trees, root, known)
            sum.low += range.low
            sum.high += range.high
        }
    }

    /// The range of the sum between each two cuts of a column. A tree changes at its own cuts only.
    func pieces(of column: Int, _ cuts: [Float]) -> [ScoreBounds.Piece] {
        var pieces = [ScoreBounds.Piece](repeating: ScoreBounds.Piece(low: base, high: base), count: cuts.count + 1)
        let reading = Set(readers[column])
        for (tree, root) in trees.roots.enumerated() {
            let own = reading.contains(tree) ? Set(self.cuts(of: column, in: tree)) : []
            var range = own.isEmpty ? ranges[tree] : Self.range(trees, root, [column: -.infinity])
            for index in pieces.indices {
                // A value just above the cut before, which no other cut of the tree lies between.
                if index > 0, own.contains(cuts[index - 1]) { range = Self.range(trees, root, [column: cuts[index - 1].nextUp]) }
                pieces[index].low += range.low
                pieces[index].high += range.high
            }
        }
        return pieces
    }

    private static func range(_ trees: TreeEnsemble, _ node: Int, _ known: [Int: Float]) -> ScoreBounds.Piece {
        var range = ScoreBounds.Piece(low: .infinity, high: -.infinity)
        var open = [node]
        while let index = open.popLast() {
            switch trees[node: index] {
            case .leaf(let weights):
                let value = weights.reduce(0) { $0 + trees[weight: $1].value }
                range.low = min(range.low, value)
                range.high = max(range.high, value)
            case .branch(let feature, let mode, let threshold, let missingGoesYes, let yes, let no):
                guard let value = known[feature] else {
                    open += [yes, no]
                    continue
                }
                let isTrue = mode == .less ? Double(value) < threshold : Double(value) <= threshold
                open.append(isTrue || value.isNaN && missingGoesYes ? yes : no)
            }
        }
        return range
    }
}
