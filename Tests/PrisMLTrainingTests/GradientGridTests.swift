import Testing

@testable import PrisMLTraining

/// What makes a training the same with any number of threads: sums that no order changes.
@Suite struct GradientGridTests {
    @Test(arguments: [1e-6, 0.3, 1, 1.000001, 2, 77, 1e15] as [Float])
    func sumsAreTheSameInEveryOrder(limit: Float) {
        var random = RandomSequence(seed: 8)
        let raw = (0..<20_000).map { _ -> Float in
            let size = Float(sign: .plus, exponent: -random.next(below: 40), significand: Float(random.nextUnit()))
            return limit * size * (random.next(below: 2) == 0 ? 1 : -1)
        }
        let grid = GradientGrid(limit: limit)
        let rounded = raw.map { grid($0) }
        let sums = { (values: [Float]) in
            (0..<20).map { round -> UInt64 in
                var order = RandomSequence(seed: UInt64(round))
                return values.shuffled(using: &order).reduce(0.0) { $0 + Double($1) }.bitPattern
            }
        }
        #expect(Set(sums(rounded)).count == 1)
        #expect(Set(sums(raw)).count > 1)
        for (value, near) in zip(raw, rounded) { #expect(abs(value - near) <= limit * 0x1p-22) }
    }

    @Test func limitsOfNothingKeepTheValue() {
        for limit in [0, -1, .nan, .infinity] as [Float] { #expect(GradientGrid(limit: limit)(0) == 0) }
    }

    @Test func exponentialIsThatOfTheLibraryToTwoUnits() {
        for step in -8700...8700 {
            let x = Float(step) / 100
            let exact = Double.exponential(Double(x))
            #expect(abs(Double(fastExponential(x)) - exact) <= exact * 0x1p-22, "\(x)")
        }
        #expect(fastExponential(-1000) > 0)
        #expect(fastExponential(1000).isFinite)
    }
}
