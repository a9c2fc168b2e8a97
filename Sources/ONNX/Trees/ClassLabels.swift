/// The names of a classifier's classes: numbers or texts.
public enum ClassLabels: Sendable, Hashable {
    case integers([Int64])
    case strings([String])

    public var count: Int {
        switch self {
        case .integers(let labels): labels.count
        case .strings(let labels): labels.count
        }
    }

    init(_ node: ONNXNode, integers name: String) throws {
        if let strings = try node.attribute("classlabels_strings")?.strings(), !strings.isEmpty {
            self = .strings(strings)
        } else {
            self = .integers(try node.attribute(name)?.ints() ?? [])
        }
    }

    /// The labels of some rows by their indices; an index without a label gives 0 or the empty text.
    func tensor(_ indices: [Int32]) -> Tensor {
        switch self {
        case .integers(let labels):
            Tensor(unchecked: [indices.count], .int64(indices.map { labels.indices.contains(Int($0)) ? labels[Int($0)] : Int64($0) }))
        case .strings(let labels):
            Tensor(unchecked: [indices.count], .string(indices.map { labels.indices.contains(Int($0)) ? labels[Int($0)] : "" }))
        }
    }
}
