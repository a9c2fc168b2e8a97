import ONNX
import Testing

/// Operators whose official tests are few or none: what the specification says they give, value by value, and what they refuse.
@Suite("Operators, one by one")
struct OperatorTableTests {
    /// A node, what goes in, and what has to come out.
    struct Row: Sendable, CustomTestStringConvertible {
        let node: ONNXNode
        let version: Int
        let inputs: [ONNXValue]
        let output: ONNXValue?
        /// The code of the error that comes in place of an output.
        let code: ONNXError.Code?

        init(
            _ operation: String, ml: Bool = true, version: Int? = nil, _ attributes: [ONNXAttribute] = [], _ inputs: [ONNXValue],
            gives output: ONNXValue? = nil, fails code: ONNXError.Code? = nil
        ) {
            let names = inputs.indices.map { "in\($0)" }
            node = ONNXNode(operation, domain: ml ? "ai.onnx.ml" : "", inputs: names, outputs: ["out"], attributes: attributes)
            self.version = version ?? (ml ? 3 : 19)
            self.inputs = inputs
            self.output = output
            self.code = code
        }

        var testDescription: String { "\(node.operation) \(inputs)" }

        func run() throws -> ONNXValue? {
            var graph = ONNXGraph(name: "g")
            graph.inputs = zip(node.inputs, inputs).map { ONNXValueInfo(name: $0, type: Self.type(of: $1)) }
            graph.outputs = [ONNXValueInfo(name: "out", type: .unknown)]
            graph.nodes = [node]
            let model = ONNXModel(
                graph: graph,
                opsets: [
                    .init(domain: "", version: node.domain.isEmpty ? version : 19),
                    .init(domain: "ai.onnx.ml", version: node.domain.isEmpty ? 3 : version),
                ])
            let session = try Session(model: model, engine: .native)
            return try session.run(Dictionary(uniqueKeysWithValues: zip(node.inputs, inputs)))["out"]
        }

        private static func type(of value: ONNXValue) -> ONNXType {
            switch value {
            case .tensor(let tensor): .tensor(tensor.elementType, shape: nil)
            case .sequence(let values): .sequence(values.first.map(type(of:)) ?? .unknown)
            case .map(let keys, let values): .map(key: keys.elementType, value: .tensor(values.elementType, shape: nil))
            }
        }
    }

    private static func of(_ shape: [Int], _ elements: Tensor.Elements) -> ONNXValue {
        (try? Tensor(shape, elements: elements)).map(ONNXValue.tensor) ?? .sequence([])
    }

    private static func floats(_ values: Float...) -> ONNXValue { of([values.count], .float(values)) }
    private static func integers(_ values: Int64...) -> ONNXValue { of([values.count], .int64(values)) }
    private static func texts(_ values: String...) -> ONNXValue { of([values.count], .string(values)) }

    private static func map(_ keys: Tensor.Elements, _ values: Tensor.Elements) -> ONNXValue {
        guard case .tensor(let keys) = of([keys.count], keys), case .tensor(let values) = of([values.count], values) else {
            return .sequence([])
        }
        return .map(keys: keys, values: values)
    }

    static let maps: [Row] = [
        Row(
            "DictVectorizer", [ONNXAttribute("string_vocabulary", ["a", "b", "c"])], [map(.string(["c", "a", "x"]), .float([3, 1, 9]))],
            gives: of([1, 3], .float([1, 0, 3]))),
        Row(
            "DictVectorizer", [ONNXAttribute("int64_vocabulary", [Int64(7), 8])], [map(.int64([8]), .string(["eight"]))],
            gives: of([1, 2], .string(["", "eight"]))),
        Row("DictVectorizer", [], [map(.int64([8]), .float([1]))], fails: .invalidGraph),
        Row("DictVectorizer", [ONNXAttribute("int64_vocabulary", [Int64(7)])], [floats(1)], fails: .invalidInput),
        Row("CastMap", [], [map(.int64([5, 2]), .float([50, 20]))], gives: of([1, 2], .float([20, 50]))),
        Row(
            "CastMap", [ONNXAttribute("cast_to", "TO_INT64" as String)], [map(.int64([1]), .float([2.9]))], gives: of([1, 1], .int64([2]))),
        Row(
            "CastMap",
            [
                ONNXAttribute("cast_to", "TO_STRING" as String), ONNXAttribute("map_form", "SPARSE" as String),
                ONNXAttribute("max_map", Int64(3)),
            ],
            [map(.int64([2]), .string(["two"]))], gives: of([1, 3], .string(["", "", "two"]))),
        Row(
            "CastMap", [ONNXAttribute("map_form", "SPARSE" as String), ONNXAttribute("max_map", Int64(2))], [map(.int64([2]), .float([1]))],
            fails: .invalidInput),
        Row("CastMap", [ONNXAttribute("cast_to", "TO_BYTES" as String)], [map(.int64([2]), .float([1]))], fails: .invalidGraph),
        Row(
            "ZipMap", [ONNXAttribute("classlabels_strings", ["no", "yes"])], [of([1, 2], .float([0.25, 0.75]))],
            gives: .sequence([map(.string(["no", "yes"]), .float([0.25, 0.75]))])),
        Row(
            "ZipMap", [ONNXAttribute("classlabels_int64s", [Int64(3), 4])], [of([1, 2], .float([0.25, 0.75]))],
            gives: .sequence([map(.int64([3, 4]), .float([0.25, 0.75]))])),
        Row("ZipMap", [ONNXAttribute("classlabels_int64s", [Int64(3)])], [of([1, 2], .float([0.25, 0.75]))], fails: .invalidInput),
        Row("ZipMap", [], [of([1, 2], .float([0.25, 0.75]))], fails: .invalidGraph),
    ]

    static let sequences: [Row] = [
        Row("SequenceLength", ml: false, [], [.sequence([floats(1), floats(2, 3)])], gives: of([], .int64([2]))),
        Row("SequenceAt", ml: false, [], [.sequence([floats(1), floats(2, 3)]), of([], .int64([-1]))], gives: floats(2, 3)),
        Row("SequenceAt", ml: false, [], [.sequence([floats(1)]), of([], .int64([1]))], fails: .invalidInput),
        Row("SequenceAt", ml: false, [], [floats(1), of([], .int64([0]))], fails: .invalidGraph),
        Row(
            "ConcatFromSequence", ml: false, [ONNXAttribute("axis", Int64(0))], [.sequence([floats(1), floats(2, 3)])],
            gives: floats(1, 2, 3)),
        Row(
            "ConcatFromSequence", ml: false, [ONNXAttribute("axis", Int64(0)), ONNXAttribute("new_axis", Int64(1))],
            [.sequence([floats(1, 2), floats(3, 4)])], gives: of([2, 2], .float([1, 2, 3, 4]))),
        Row("SequenceConstruct", ml: false, [], [floats(1), floats(2)], gives: .sequence([floats(1), floats(2)])),
    ]

    private static func cast(_ type: ElementType) -> [ONNXAttribute] { [ONNXAttribute("to", Int64(type.rawValue))] }

    static let casts: [Row] = [
        Row(
            "Cast", ml: false, cast(.string), [floats(1.5, -0.1, 1e20, .infinity, -.infinity, .nan)],
            gives: texts("1.5", "-0.1", "1e+20", "INF", "-INF", "NaN")),
        Row("Cast", ml: false, cast(.string), [of([2], .double([0.1, 3]))], gives: texts("0.10000000000000001", "3")),
        Row("Cast", ml: false, cast(.string), [of([2], .bool([true, false]))], gives: texts("1", "0")),
        Row("Cast", ml: false, cast(.string), [of([1], .uint64([.max]))], gives: texts("18446744073709551615")),
        Row("Cast", ml: false, cast(.string), [of([1], .int8([-3]))], gives: texts("-3")),
        Row("Cast", ml: false, cast(.float), [texts("1.5", " -2e3", "inf")], gives: floats(1.5, -2000, .infinity)),
        Row("Cast", ml: false, cast(.double), [texts("0.1")], gives: of([1], .double([0.1]))),
        Row("Cast", ml: false, cast(.float16), [texts("1")], gives: of([1], .float16([0x3C00]))),
        Row("Cast", ml: false, cast(.bool), [texts("0", "2")], gives: of([2], .bool([false, true]))),
        Row("Cast", ml: false, cast(.int64), [texts("7", "7.9")], gives: integers(7, 7)),
        Row("Cast", ml: false, cast(.int64), [texts("seven")], fails: .invalidInput),
        Row("Cast", ml: false, cast(.bool), [texts("yes")], fails: .invalidInput),
        Row("Cast", ml: false, cast(.float), [texts("")], fails: .invalidInput),
        Row("Cast", ml: false, cast(.int8), [integers(200, -1)], gives: of([2], .int8([-56, -1]))),
        Row("Cast", ml: false, cast(.int16), [integers(40_000)], gives: of([1], .int16([-25_536]))),
        Row("Cast", ml: false, cast(.uint8), [integers(300)], gives: of([1], .uint8([44]))),
        Row("Cast", ml: false, cast(.uint16), [integers(-1)], gives: of([1], .uint16([65_535]))),
        Row("Cast", ml: false, cast(.uint32), [integers(-1)], gives: of([1], .uint32([.max]))),
        Row("Cast", ml: false, cast(.int32), [floats(-2.9, 2.9)], gives: of([2], .int32([-2, 2]))),
        Row("Cast", ml: false, cast(.uint64), [of([1], .double([3.7]))], gives: of([1], .uint64([3]))),
        Row("Cast", ml: false, cast(.float), [of([1], .float16([0xC000]))], gives: floats(-2)),
        Row("Cast", ml: false, cast(.int64), [of([1], .float16([0xC000]))], gives: integers(-2)),
        Row("Cast", ml: false, version: 1, [ONNXAttribute("to", "INT64" as String)], [floats(4)], gives: integers(4)),
        Row("Cast", ml: false, version: 1, [ONNXAttribute("to", "complex" as String)], [floats(4)], fails: .invalidGraph),
        Row("Cast", ml: false, [ONNXAttribute("to", Int64(16))], [floats(4)], fails: .unsupportedOperator),
        Row("CastLike", ml: false, [], [floats(1.9), integers(0)], gives: integers(1)),
    ]

    static let encodings: [Row] = [
        Row("OneHotEncoder", [ONNXAttribute("cats_strings", ["a", "b"])], [texts("b", "x")], gives: of([2, 2], .float([0, 1, 0, 0]))),
        Row("OneHotEncoder", [ONNXAttribute("cats_int64s", [Int64(1), 2])], [floats(2)], gives: of([1, 2], .float([0, 1]))),
        Row("OneHotEncoder", [ONNXAttribute("cats_strings", ["a"]), ONNXAttribute("zeros", Int64(0))], [texts("x")], fails: .invalidInput),
        Row("OneHotEncoder", [], [texts("x")], fails: .invalidGraph),
        Row("LabelEncoder", version: 1, [ONNXAttribute("classes_strings", ["a", "b"])], [texts("b", "x")], gives: integers(1, -1)),
        Row(
            "LabelEncoder", version: 1, [ONNXAttribute("classes_strings", ["a", "b"]), ONNXAttribute("default_string", "?" as String)],
            [integers(1, 9)], gives: texts("b", "?")),
        Row(
            "LabelEncoder", version: 2,
            [ONNXAttribute("keys_floats", [Float(1), .nan]), ONNXAttribute("values_strings", ["one", "none"])],
            [floats(.nan, 1, 2)], gives: texts("none", "one", "_Unused")),
        Row(
            "LabelEncoder", version: 2,
            [
                ONNXAttribute("keys_int64s", [Int64(1)]), ONNXAttribute("values_floats", [Float(0.5)]),
                ONNXAttribute("default_float", Float(7)),
            ],
            [integers(1, 2)], gives: floats(0.5, 7)),
        Row(
            "LabelEncoder", version: 2, [ONNXAttribute("keys_int64s", [Int64(1), 2]), ONNXAttribute("values_floats", [Float(0.5)])],
            [integers(1)], fails: .invalidGraph),
        Row("LabelEncoder", version: 2, [ONNXAttribute("keys_int64s", [Int64(1)])], [integers(1)], fails: .invalidGraph),
        Row(
            "CategoryMapper", [ONNXAttribute("cats_strings", ["a", "b"]), ONNXAttribute("cats_int64s", [Int64(10), 20])], [texts("b", "x")],
            gives: integers(20, -1)),
        Row(
            "CategoryMapper", [ONNXAttribute("cats_strings", ["a", "b"]), ONNXAttribute("cats_int64s", [Int64(10), 20])], [integers(10, 0)],
            gives: texts("a", "_Unused")),
        Row("CategoryMapper", [ONNXAttribute("cats_strings", ["a"])], [integers(10)], fails: .invalidGraph),
    ]

    static let features: [Row] = [
        Row(
            "FeatureVectorizer", [ONNXAttribute("inputdimensions", [Int64(2), 1])],
            [of([2, 2], .float([1, 2, 3, 4])), of([2, 1], .int64([5, 6]))], gives: of([2, 3], .float([1, 2, 5, 3, 4, 6]))),
        Row(
            "FeatureVectorizer", [ONNXAttribute("inputdimensions", [Int64(1), 1])],
            [of([2, 1], .float([1, 2])), of([1, 1], .float([5]))],
            fails: .invalidInput),
        Row(
            "FeatureVectorizer", [ONNXAttribute("inputdimensions", [Int64(1)])], [of([1, 1], .float([1])), of([1, 1], .float([5]))],
            fails: .invalidGraph),
        Row("Normalizer", [ONNXAttribute("norm", "MAX" as String)], [of([1, 2], .float([1, 4]))], gives: of([1, 2], .float([0.25, 1]))),
        Row(
            "Normalizer", [ONNXAttribute("norm", "L1" as String)], [of([2, 2], .float([1, -3, 0, 0]))],
            gives: of([2, 2], .float([0.25, -0.75, 0, 0]))),
        Row(
            "Normalizer", [ONNXAttribute("norm", "L2" as String)], [of([1, 2], .float([-3, 4]))], gives: of([1, 2], .float([-0.6, 0.8]))),
        Row("Normalizer", [ONNXAttribute("norm", "L3" as String)], [of([1, 2], .float([-3, 4]))], fails: .invalidGraph),
        Row("Binarizer", [ONNXAttribute("threshold", Float(1))], [floats(1, 1.5)], gives: floats(0, 1)),
        Row(
            "ArrayFeatureExtractor", [], [of([2, 3], .float([1, 2, 3, 4, 5, 6])), integers(2, 0)], gives: of([2, 2], .float([3, 1, 6, 4]))),
        Row("ArrayFeatureExtractor", [], [of([2, 3], .float([1, 2, 3, 4, 5, 6])), integers(3)], fails: .invalidInput),
        Row(
            "SVMRegressor", [ONNXAttribute("coefficients", [Float(2), -1]), ONNXAttribute("rho", [Float(0.5)])],
            [of([1, 2], .float([3, 4]))],
            gives: of([1, 1], .float([2.5]))),
        Row(
            "SVMRegressor",
            [
                ONNXAttribute("coefficients", [Float(1)]), ONNXAttribute("support_vectors", [Float(1), 1]),
                ONNXAttribute("n_supports", Int64(1)),
                ONNXAttribute("kernel_type", "POLY" as String), ONNXAttribute("kernel_params", [Float(1), 1, 2]),
                ONNXAttribute("rho", [Float(-30)]),
                ONNXAttribute("one_class", Int64(1)),
            ],
            [of([2, 2], .float([2, 3, 0, 0]))], gives: of([2, 1], .float([1, -1]))),
        Row("SVMRegressor", [ONNXAttribute("coefficients", [Float(1)])], [of([1, 1], .float([2]))], fails: .invalidGraph),
    ]

    @Test("give what the specification says", arguments: maps + sequences + casts + encodings + features)
    func rows(row: Row) throws {
        if let code = row.code {
            let error = try #require(throws: ONNXError.self) { _ = try row.run() }
            #expect(error.code == code, "\(error)")
            return
        }
        #expect(try Self.text(row.run()) == Self.text(row.output))
    }

    /// As text, so that NaN equals itself.
    private static func text(_ value: ONNXValue?) -> String { value.map { "\($0)" } ?? "nothing" }

    @Test("every element type has its own size and name")
    func elementTypes() {
        #expect(ElementType.allCases.map(\.byteCount) == [4, 1, 1, 2, 2, 4, 8, nil, 1, 2, 8, 4, 8])
        #expect(ElementType.allCases.map(\.name).count == Set(ElementType.allCases.map(\.name)).count)
    }
}
