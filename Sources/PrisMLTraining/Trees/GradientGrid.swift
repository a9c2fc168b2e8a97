/// Rounds gradients to a grid on which their sums are exact.
///
/// XGBoost adds gradients up in 64-bit numbers, in an order that depends on how many threads share the rows, so that the last bits of a sum,
/// and now and then a comparison in a tree, differ from one number of threads to another. Gradients that are whole multiples of
/// 2⁻²² of their largest possible magnitude add up without any rounding for up to 2³¹ rows: every order gives the same bits.
struct GradientGrid {
    /// Adding and subtracting it rounds to the grid: its last bit is worth one step.
    private let shift: Float

    /// - Parameter limit: no gradient is larger than this.
    init(limit: Float) {
        guard limit > 0, limit.isFinite else {
            shift = 0
            return
        }
        let exponent = min(limit.exponent + (limit.significand > 1 ? 1 : 0), 124)
        shift = 3 * Float(sign: .plus, exponent: max(exponent, -100), significand: 1)
    }

    @inline(__always)
    func callAsFunction(_ value: Float) -> Float {
        (value + shift) - shift
    }
}
