// The C library's mathematics, in one place, so that no other file needs to know which C library it is.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Double {
    static func logarithm(_ value: Double) -> Double { log(value) }
    static func exponential(_ value: Double) -> Double { exp(value) }

    /// The chance that a normally distributed number is at least this far from its mean, on either side.
    static func chanceBeyond(_ deviations: Double) -> Double { erfc(deviations.magnitude / 2.0.squareRoot()) }
}
