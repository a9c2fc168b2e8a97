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
    static func logGamma(_ value: Double) -> Double { lgamma(value) }
}
