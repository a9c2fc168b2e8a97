/// Tensors of one type made into another.
enum CastOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Cast": { Cast(type: try Cast.type($0)) },
        "CastLike": { _ in CastLike() },
    ]
}

struct Cast: Operator {
    let type: ElementType

    static func type(_ context: NodeContext) throws -> ElementType {
        // The first files had the type's name in place of its number.
        if let attribute = context.node.attribute("to"), attribute.kind == .string {
            let name = try attribute.string().lowercased()
            guard let type = ElementType.allCases.first(where: { $0.name == name }) else {
                throw context.invalid("type '\(name)' is unknown")
            }
            return type
        }
        let number = try context.int("to", 0)
        guard let type = ElementType(rawValue: Int32(truncatingIfNeeded: number)) else {
            throw ONNXError(
                .unsupportedOperator, "there is no native tensor of element type \(number)", at: context.node.place,
                suggestion: "run the model with the engine onnxRuntime")
        }
        return type
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.tensor(try inputs.tensor(0).cast(to: type))]
    }
}

struct CastLike: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.tensor(try inputs.tensor(0).cast(to: inputs.tensor(1).elementType))]
    }
}

extension Tensor {
    /// The same elements as another type: integers wrap around, floating-point numbers lose their fraction.
    func cast(to type: ElementType) throws -> Tensor {
        guard type != elementType else { return self }
        let result: Elements
        switch (elements, type) {
        case (.string(let values), _): result = try Self.parsed(values, type)
        case (_, .string): result = .string(try printed())
        case (_, .bool): result = .bool(try doubles().map { $0 != 0 })
        case (_, .float): result = .float(try floats())
        case (_, .double): result = .double(try doubles())
        case (_, .float16): result = .float16(try floats().map(\.halfBits))
        case (.float(let values), _): result = try Self.whole(values.map { Double($0) }, type)
        case (.double(let values), _): result = try Self.whole(values, type)
        case (.float16, _): result = try Self.whole(try doubles(), type)
        default: result = try Self.wrapped(try integers(), type)
        }
        return Tensor(unchecked: shape, result)
    }

    private static func whole(_ values: [Double], _ type: ElementType) throws -> Elements {
        if type == .uint64 { return .uint64(values.map { UInt64(nearest: $0) }) }
        return try wrapped(values.map { Int64(nearest: $0) }, type)
    }

    private static func wrapped(_ values: [Int64], _ type: ElementType) throws -> Elements {
        switch type {
        case .int64: .int64(values)
        case .int32: .int32(values.map { Int32(truncatingIfNeeded: $0) })
        case .int16: .int16(values.map { Int16(truncatingIfNeeded: $0) })
        case .int8: .int8(values.map { Int8(truncatingIfNeeded: $0) })
        case .uint64: .uint64(values.map { UInt64(bitPattern: $0) })
        case .uint32: .uint32(values.map { UInt32(truncatingIfNeeded: $0) })
        case .uint16: .uint16(values.map { UInt16(truncatingIfNeeded: $0) })
        case .uint8: .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
        case .float, .double, .float16, .bool, .string: throw Elements.unsupported(type)
        }
    }

    private static func parsed(_ texts: [String], _ type: ElementType) throws -> Elements {
        func wrong(_ text: String) -> ONNXError {
            ONNXError(.invalidInput, "a text is not a number", at: "'\(text.prefix(20))'", suggestion: "pass texts that are numbers")
        }
        switch type {
        case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8:
            return try wrapped(
                texts.map { text in
                    if let value = Int64(text) { return value }
                    guard let value = Double(parsing: text), value.isFinite else { throw wrong(text) }
                    return Int64(nearest: value)
                }, type)
        case .bool:
            return .bool(
                try texts.map { text in
                    guard let value = Double(parsing: text) else { throw wrong(text) }
                    return value != 0
                })
        case .double, .float, .float16:
            let values = try texts.map { text in
                guard let value = Double(parsing: text) else { throw wrong(text) }
                return value
            }
            if type == .double { return .double(values) }
            return type == .float ? .float(values.map { Float($0) }) : .float16(values.map { Float($0).halfBits })
        case .string: return .string(texts)
        }
    }

    private func printed() throws -> [String] {
        switch elements {
        case .float(let values): values.map { $0.text(digits: 8) }
        case .float16: try floats().map { $0.text(digits: 8) }
        case .double(let values): values.map { $0.text(digits: 17) }
        case .bool(let values): values.map { $0 ? "1" : "0" }
        case .uint64(let values): values.map { "\($0)" }
        default: try integers().map { "\($0)" }
        }
    }
}
