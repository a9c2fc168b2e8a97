public import Prisma

/// A feature's value as Swift code computes it from values of the row: the way out where an expression does not reach.
///
/// Its body cannot be hashed, so its version is: whoever changes the body raises the version, and what was trained with the old one is
/// stale. Databases never see the body; they are asked for the values that it reads, and it runs in this process.
package struct FeatureComputation: Sendable {
    package typealias Body = @Sendable (inout SQLRow) throws(PrismaError) -> Double?

    package let version: Int
    /// Reads its values from the next columns of a row; nil is null.
    package let body: Body
}

extension FeatureComputation: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.version == right.version }

    package func hash(into hasher: inout Hasher) { hasher.combine(version) }
}

extension Feature {
    /// A feature that Swift code computes from values of the row.
    ///
    /// ```swift
    /// Feature("mailboxLength", reading: user.email, version: 1) { email in
    ///     email.firstIndex(of: "@").map { Double(email.distance(from: email.startIndex, to: $0)) }
    /// }
    /// ```
    ///
    /// The code must give the same number for the same values, always: what reads the clock, a file or chance belongs elsewhere.
    ///
    /// - Parameters:
    ///   - values: what the code reads, from which the query for the rows is made.
    ///   - version: stands for the code in the artifact. Raise it with every change of what the code answers.
    ///   - compute: the code; nil is a null.
    public init<each Value: ColumnValue>(
        _ name: String, reading values: repeat RowExpression<each Value>, version: Int, nulls: NullPolicy = .missing, trend: Trend = .any,
        compute: @escaping @Sendable (repeat each Value) -> Double?
    ) {
        var nodes: [ExpressionNode] = []
        repeat nodes.append((each values).node)
        let body: FeatureComputation.Body = { (row: inout SQLRow) throws(PrismaError) in
            compute(repeat try (each Value)(row: &row))
        }
        let function = RowFunction(name: "swift:\(name)@\(version)", type: .double) { _ in
            RowFunction.Prepared(identity: "\(version)") { row in try body(&row) }
        }
        self.init(
            name: name, node: .function(function, nodes), encoding: .automatic, nulls: nulls, trend: trend,
            computation: FeatureComputation(version: version, body: body))
    }

    /// What a query selects for the feature: its expression, or what its code reads.
    package var selections: [ExpressionNode] {
        if computation != nil, case .function(_, let arguments) = node { arguments } else { [node] }
    }
}
