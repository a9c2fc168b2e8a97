// The C library's mathematics, in one place, so that no other file needs to know which C library it is.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The two widths that scores are computed in.
protocol Score: BinaryFloatingPoint, Sendable {
    static func exponential(_ value: Self) -> Self
    static func logarithm(_ value: Self) -> Self
    static func hyperbolicTangent(_ value: Self) -> Self
    static func power(_ base: Self, _ exponent: Self) -> Self
}

extension Float: Score {
    static func exponential(_ value: Float) -> Float { expf(value) }
    static func logarithm(_ value: Float) -> Float { logf(value) }
    static func hyperbolicTangent(_ value: Float) -> Float { tanhf(value) }
    static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
}

extension Double: Score {
    static func exponential(_ value: Double) -> Double { exp(value) }
    static func logarithm(_ value: Double) -> Double { log(value) }
    static func hyperbolicTangent(_ value: Double) -> Double { tanh(value) }
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

extension Double {
    static func sine(_ value: Double) -> Double { sin(value) }
    static func cosine(_ value: Double) -> Double { cos(value) }
    static func tangent(_ value: Double) -> Double { tan(value) }
    static func arcSine(_ value: Double) -> Double { asin(value) }
    static func arcCosine(_ value: Double) -> Double { acos(value) }
    static func arcTangent(_ value: Double) -> Double { atan(value) }
    static func hyperbolicSine(_ value: Double) -> Double { sinh(value) }
    static func hyperbolicCosine(_ value: Double) -> Double { cosh(value) }
    static func areaSine(_ value: Double) -> Double { asinh(value) }
    static func areaCosine(_ value: Double) -> Double { acosh(value) }
    static func areaTangent(_ value: Double) -> Double { atanh(value) }
    static func errorFunction(_ value: Double) -> Double { erf(value) }
    static func logarithmOfOnePlus(_ value: Double) -> Double { log1p(value) }
}
