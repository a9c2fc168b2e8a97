/// e^x within two units of the last place, for -87...88, in operations that compilers do several of at a time.
///
/// It gives the same bits on every machine, which C libraries do not promise each other.
@inline(__always)
func fastExponential(_ value: Float) -> Float {
    var x = value < -87 ? -87 : value
    x = x > 88 ? 88 : x
    // The whole number of doublings: adding 1.5 × 2²³ rounds to it, and leaves it in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let doublings = shifted - 12_582_912
    // What is left, with log 2 in two parts so that nothing is lost.
    let rest = (x - doublings * 0.693_359_375) - doublings * -2.121_944_4e-4
    var sum: Float = 1.987_569_2e-4
    sum = sum * rest + 1.398_199_9e-3
    sum = sum * rest + 8.333_452e-3
    sum = sum * rest + 4.166_579_6e-2
    sum = sum * rest + 1.666_666_5e-1
    sum = sum * rest + 5.000_000_1e-1
    sum = sum * rest * rest + rest + 1
    let exponent = Int32(bitPattern: shifted.bitPattern) &- 0x4B40_0000 &+ 127
    return sum * Float(bitPattern: UInt32(bitPattern: exponent << 23))
}
