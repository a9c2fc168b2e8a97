/// What a tensor holds, with the number that ONNX files use for it.
public enum ElementType: Int32, Sendable, CaseIterable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case string = 8
    case bool = 9
    case float16 = 10
    case double = 11
    case uint32 = 12
    case uint64 = 13

    /// The bytes of one element in a file's raw data; nil for strings, whose lengths differ.
    public var byteCount: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16: 2
        case .float, .int32, .uint32: 4
        case .int64, .double, .uint64: 8
        case .string: nil
        }
    }

    /// The name as ONNX tools print it, `float` or `int64`.
    public var name: String { "\(self)" }
}
