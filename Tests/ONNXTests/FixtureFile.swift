import Foundation
import Testing

@testable import ONNX

/// A model with inputs and the outputs that another engine gave for them, from a file in Fixtures.
struct FixtureCase: CustomTestStringConvertible, Sendable {
    let name: String
    let model: [UInt8]
    let tolerance: Double
    let inputs: [(name: String, value: ONNXValue)]
    let outputs: [(name: String, value: ONNXValue)]

    var testDescription: String { name }

    static func all(in file: String) throws -> [FixtureCase] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        var reader = FixtureReader(bytes: [UInt8](try Data(contentsOf: folder.appendingPathComponent(file))))
        return try (0..<reader.count()).map { _ in
            try FixtureCase(
                name: reader.text(), model: reader.block(), tolerance: reader.number(), inputs: reader.values(), outputs: reader.values())
        }
    }
}

/// Reads what Fixtures/make.py writes; the files are trusted.
private struct FixtureReader {
    let bytes: [UInt8]
    var offset = 0

    mutating func count() -> Int {
        defer { offset += 4 }
        return Int(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) })
    }

    mutating func block() -> [UInt8] {
        let size = count()
        defer { offset += size }
        return Array(bytes[offset..<(offset + size)])
    }

    mutating func text() -> String {
        String(decoding: block(), as: UTF8.self)
    }

    mutating func number() -> Double {
        defer { offset += 8 }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Double.self) }
    }

    mutating func values() throws -> [(name: String, value: ONNXValue)] {
        try (0..<count()).map { _ in (text(), try value()) }
    }

    private mutating func value() throws -> ONNXValue {
        let kind = bytes[offset]
        offset += 1
        switch kind {
        case 1: return .sequence(try (0..<count()).map { _ in try value() })
        case 2: return .map(keys: try tensor(), values: try tensor())
        default: return .tensor(try tensor())
        }
    }

    private mutating func tensor() throws -> Tensor {
        try ONNXTensor(bytes: block()[...]).tensor()
    }
}

extension ONNXValue {
    /// Whether this is the other value, but for rounding; the first difference if not.
    func difference(from other: ONNXValue, tolerance: Double) throws -> String? {
        switch (self, other) {
        case (.tensor(let one), .tensor(let two)): return try one.difference(from: two, tolerance: tolerance)
        case (.sequence(let one), .sequence(let two)):
            guard one.count == two.count else { return "\(one.count) values, not \(two.count)" }
            for (first, second) in zip(one, two) {
                if let found = try first.difference(from: second, tolerance: tolerance) { return found }
            }
            return nil
        case (.map(let keys, let values), .map(let otherKeys, let otherValues)):
            return try keys.difference(from: otherKeys, tolerance: 0) ?? values.difference(from: otherValues, tolerance: tolerance)
        default: return "another kind of value"
        }
    }
}

extension Tensor {
    func difference(from other: Tensor, tolerance: Double) throws -> String? {
        guard elementType == other.elementType else { return "a tensor of \(elementType), not of \(other.elementType)" }
        guard shape == other.shape else { return "the shape \(shape), not \(other.shape)" }
        if case .string = elements { return self == other ? nil : "\(try strings()) is not \(try other.strings())" }
        if case .int64 = elements { return self == other ? nil : "\(try integers().prefix(40)) is not \(try other.integers().prefix(40))" }
        for (index, (found, wanted)) in zip(try doubles(), try other.doubles()).enumerated() {
            if found == wanted || (found.isNaN && wanted.isNaN) { continue }
            guard (found - wanted).magnitude <= tolerance * max(1, wanted.magnitude) else {
                return "element \(index) is \(found), not \(wanted)"
            }
        }
        return nil
    }
}
