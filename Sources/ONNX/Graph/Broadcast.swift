/// How two shapes meet: dimensions of 1 stretch to the other's, and missing dimensions in front count as 1.
struct Broadcast {
    let shape: [Int]
    let count: Int
    private let left: [Int]
    private let right: [Int]
    private let kind: Kind

    private enum Kind {
        /// The same position on both sides.
        case same
        case leftIsScalar
        case rightIsScalar
        case general
    }

    init(_ one: [Int], _ two: [Int], limit: Int) throws {
        let rank = max(one.count, two.count)
        let left = [Int](repeating: 1, count: rank - one.count) + one
        let right = [Int](repeating: 1, count: rank - two.count) + two
        shape = try zip(left, right).map { first, second in
            guard first == second || first == 1 || second == 1 else {
                throw ONNXError(
                    .invalidInput, "the shapes \(one) and \(two) do not fit each other", suggestion: "check the shapes of the inputs")
            }
            return first == 1 ? second : first
        }
        count = try Inputs.count(of: shape, limit: limit)
        func steps(_ own: [Int]) -> [Int] { zip(own, Tensor.strides(of: own)).map { $0 == 1 ? 0 : $1 } }
        self.left = steps(left)
        self.right = steps(right)
        kind =
            left == right ? .same : left.allSatisfy { $0 == 1 } ? .leftIsScalar : right.allSatisfy { $0 == 1 } ? .rightIsScalar : .general
    }

    @inline(__always)
    func map<One, Two, Result>(_ one: [One], _ two: [Two], _ body: (One, Two) throws -> Result) rethrows -> [Result] {
        guard count > 0 else { return [] }
        var results: [Result] = []
        results.reserveCapacity(count)
        switch kind {
        case .same: for index in 0..<count { results.append(try body(one[index], two[index])) }
        case .leftIsScalar: for value in two { results.append(try body(one[0], value)) }
        case .rightIsScalar: for value in one { results.append(try body(value, two[0])) }
        case .general: try eachPair { results.append(try body(one[$0], two[$1])) }
        }
        return results
    }

    private func eachPair(_ body: (Int, Int) throws -> Void) rethrows {
        guard let inner = shape.last else {
            try body(0, 0)
            return
        }
        let outer = shape.dropLast()
        var position = [Int](repeating: 0, count: outer.count)
        var (leftStart, rightStart) = (0, 0)
        let (leftStep, rightStep) = (left[outer.count], right[outer.count])
        while true {
            for index in 0..<inner { try body(leftStart + index * leftStep, rightStart + index * rightStep) }
            var dimension = outer.count - 1
            while dimension >= 0 {
                position[dimension] += 1
                leftStart += left[dimension]
                rightStart += right[dimension]
                if position[dimension] < shape[dimension] { break }
                leftStart -= left[dimension] * shape[dimension]
                rightStart -= right[dimension] * shape[dimension]
                position[dimension] = 0
                dimension -= 1
            }
            if dimension < 0 { return }
        }
    }
}
