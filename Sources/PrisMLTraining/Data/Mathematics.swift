// The C library's mathematics, in one place, so that no other file needs to know which C library it is.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Double {
    static func exponential(_ value: Double) -> Double { exp(value) }
    static func logarithm(_ value: Double) -> Double { log(value) }

    /// 1 / (1 + e^-x), without overflow.
    var logistic: Double {
        let part = 1 / (1 + exp(-magnitude))
        return self < 0 ? 1 - part : part
    }

    /// log(1 + e^x), without overflow.
    var softplus: Double { (self > 0 ? self : 0) + log1p(exp(-magnitude)) }
}
