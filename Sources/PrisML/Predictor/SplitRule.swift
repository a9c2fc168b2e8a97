package import Prisma

/// How the rows are dealt out to training, validation and holdout.
public struct SplitRule: Hashable, Sendable {
    package enum Method: Hashable, Sendable {
        /// Each class in the same proportion everywhere; at random for numbers.
        case stratified
        case random
        /// The newest rows are held out.
        case chronological(ExpressionNode)
        /// Rows that agree in a value stay together.
        case grouped(ExpressionNode)
    }

    package var method: Method
    /// The part of the rows that decides when to stop and where the threshold is.
    package var validation: Double
    /// The part of the rows that nothing but the metrics sees.
    package var holdout: Double

    package static let standard = SplitRule(method: .stratified, validation: 0.15, holdout: 0.2)

    package var canonical: JSON {
        let name: JSON =
            switch method {
            case .stratified: "stratified"
            case .random: "random"
            case .chronological(let node): ["chronological", .string(CanonicalForm.encode(node))]
            case .grouped(let node): ["grouped", .string(CanonicalForm.encode(node))]
            }
        return ["method": name, "validation": .double(validation), "holdout": .double(holdout)]
    }
}
