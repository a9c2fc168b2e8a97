/// How a linear model is fitted.
package struct LinearParameters: Sendable, Hashable, Codable {
    /// The penalty on squared coefficients of standardised columns: half of it times their sum is added to the loss of all rows.
    package var l2 = 1.0
    /// How many steps are taken at most.
    package var iterations = 1000

    package init(l2: Double = 1, iterations: Int = 1000) {
        self.l2 = l2
        self.iterations = iterations
    }

    /// Everything that is wrong with the parameters; empty when they can be trained with.
    package var problems: [String] {
        var problems: [String] = []
        if !(l2 >= 0 && l2.isFinite) { problems.append("l2 is \(l2), but must be 0 or more") }
        if !(1...1_000_000).contains(iterations) { problems.append("iterations is \(iterations), but must be 1 to 1000000") }
        return problems
    }
}
