internal import CONNXKernels

/// The numbers that an ensemble is evaluated in, and the integers that stand for them in comparisons.
///
/// Keys are ordered as the numbers are, with one key for both zeros. NaN has two: above all numbers or below all of them, so that the side
/// that a missing value takes is decided by which of the two its column holds, and a walk needs no test for it.
protocol TreeNumber: Score, BitwiseCopyable {
    associatedtype Key: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable

    associatedtype Nodes: ForestNodes where Nodes.Number == Self

    static func threshold(_ ensemble: TreeEnsemble, _ node: Int) -> Self
    static func weights(_ ensemble: TreeEnsemble) -> [Self]
    /// The key of a number that is not NaN.
    var orderedKey: Key { get }
    /// The bits as a key; for carrying a number, not for comparing it.
    var bitsAsKey: Key { get }
    static func carried(by key: Key) -> Self
    /// Writes the keys of some rows that are `distance` apart.
    static func prepare(
        _ forest: UnsafePointer<onnx_forest>, _ rows: UnsafePointer<Self>, _ distance: Int, _ count: Int, _ keys: UnsafeMutablePointer<Key>)
}

extension Float: TreeNumber {
    typealias Nodes = FloatNodes

    static func prepare(
        _ forest: UnsafePointer<onnx_forest>, _ rows: UnsafePointer<Float>, _ distance: Int, _ count: Int,
        _ keys: UnsafeMutablePointer<Int32>
    ) {
        onnx_prepare(forest, rows, Int64(distance), Int64(count), keys)
    }

    @inline(__always)
    static func threshold(_ ensemble: TreeEnsemble, _ node: Int) -> Float { ensemble.nodes[node].threshold }
    static func weights(_ ensemble: TreeEnsemble) -> [Float] { ensemble.weights }

    @inline(__always)
    var orderedKey: Int32 {
        // Adding zero makes a positive zero of a negative one.
        let bits = Int32(bitPattern: (self + 0).bitPattern)
        return bits < 0 ? Int32.min &- bits : bits
    }

    @inline(__always)
    var bitsAsKey: Int32 { Int32(bitPattern: bitPattern) }
    @inline(__always)
    static func carried(by key: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: key)) }
}

extension Double: TreeNumber {
    typealias Nodes = DoubleNodes

    static func prepare(
        _ forest: UnsafePointer<onnx_forest>, _ rows: UnsafePointer<Double>, _ distance: Int, _ count: Int,
        _ keys: UnsafeMutablePointer<Int64>
    ) {
        onnx_prepare_double(forest, rows, Int64(distance), Int64(count), keys)
    }

    @inline(__always)
    static func threshold(_ ensemble: TreeEnsemble, _ node: Int) -> Double { ensemble.wideThresholds[node] }
    static func weights(_ ensemble: TreeEnsemble) -> [Double] { ensemble.wideWeights }

    @inline(__always)
    var orderedKey: Int64 {
        let bits = Int64(bitPattern: (self + 0).bitPattern)
        return bits < 0 ? Int64.min &- bits : bits
    }

    @inline(__always)
    var bitsAsKey: Int64 { Int64(bitPattern: bitPattern) }
    @inline(__always)
    static func carried(by key: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: key)) }
}
