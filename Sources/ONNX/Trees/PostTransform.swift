/// What is done with the sums of an ensemble or of a linear model before they are given out.
public enum PostTransform: String, Sendable, CaseIterable {
    case none = "NONE"
    case logistic = "LOGISTIC"
    case softmax = "SOFTMAX"
    case softmaxZero = "SOFTMAX_ZERO"
    case probit = "PROBIT"

    /// The transform of a node's attribute; absent means none.
    init(_ node: ONNXNode) throws {
        guard let attribute = node.attribute("post_transform") else {
            self = .none
            return
        }
        // The operator of version 5 has numbers in place of names.
        if attribute.kind == .int {
            let number = try attribute.int()
            let order: [PostTransform] = [.none, .softmax, .logistic, .softmaxZero, .probit]
            guard let index = Int(exactly: number), order.indices.contains(index) else { throw Self.unknown("\(number)", node) }
            self = order[index]
            return
        }
        let name = try attribute.string()
        guard let transform = PostTransform(rawValue: name) else { throw Self.unknown(name, node) }
        self = transform
    }

    private static func unknown(_ name: String, _ node: ONNXNode) -> ONNXError {
        ONNXError(.invalidGraph, "post_transform '\(name)' is unknown", at: node.place, suggestion: "export the model again")
    }

    /// Transforms the scores of one row in place.
    @inline(__always)
    func apply<Number: Score>(_ scores: UnsafeMutableBufferPointer<Number>) {
        switch self {
        case .none: break
        case .logistic: for index in scores.indices { scores[index] = Number(Float(scores[index]).logistic) }
        case .probit: for index in scores.indices { scores[index] = Number(Float(scores[index]).probit) }
        case .softmax: Number.softmax(scores)
        case .softmaxZero: Number.softmaxZero(scores)
        }
    }
}

extension Float {
    /// 1 / (1 + e^-x), without overflow.
    @inline(__always)
    var logistic: Float {
        let part = 1 / (1 + Float.exponential(-magnitude))
        return self < 0 ? 1 - part : part
    }

    /// The inverse of the normal distribution's integral, by the approximation that ONNX Runtime uses.
    var probit: Float {
        let x = 2 * self - 1
        let logarithm = Float.logarithm((1 - x) * (1 + x))
        let first = 2 / (3.14159 * 0.147) + 0.5 * logarithm
        let second = 1 / 0.147 * logarithm
        let root = (-first + (first * first - second).squareRoot()).squareRoot()
        return 1.41421356 * (x < 0 ? -root : root)
    }
}

extension Score {
    static func softmax(_ scores: UnsafeMutableBufferPointer<Self>) {
        var largest = -Self.greatestFiniteMagnitude
        for score in scores where score > largest { largest = score }
        var sum: Self = 0
        for index in scores.indices {
            scores[index] = exponential(scores[index] - largest)
            sum += scores[index]
        }
        for index in scores.indices { scores[index] /= sum }
    }

    /// A softmax in which a score of zero stays zero.
    static func softmaxZero(_ scores: UnsafeMutableBufferPointer<Self>) {
        var largest = -Self.greatestFiniteMagnitude
        for score in scores where score > largest { largest = score }
        let zero = exponential(-largest)
        var sum: Self = 0
        for index in scores.indices {
            if scores[index] > 1e-7 || scores[index] < -1e-7 {
                scores[index] = exponential(scores[index] - largest)
                sum += scores[index]
            } else {
                scores[index] *= zero
            }
        }
        for index in scores.indices { scores[index] /= sum }
    }
}
