/// The functions of ONNX Runtime's C interface that are used here, by their places in its table.
///
/// The places are those of the public header, counted from its beginning; the table is append-only, so they hold for every later version.
struct RuntimeTable: @unchecked Sendable {
    // The table is a constant of the library, which stays loaded.
    private let functions: UnsafePointer<UnsafeRawPointer?>

    /// The version of the interface that the places are taken from; every library since has it.
    static let interfaceVersion: UInt32 = 11

    typealias Status = OpaquePointer?
    typealias Handle = OpaquePointer
    typealias Out = UnsafeMutablePointer<OpaquePointer?>

    private enum Place: Int {
        case getErrorMessage = 2
        case createEnv = 3
        case createSessionFromArray = 8
        case run = 9
        case createSessionOptions = 10
        case setSessionLogSeverityLevel = 22
        case setIntraOpNumThreads = 24
        case setInterOpNumThreads = 25
        case createTensorAsOrtValue = 48
        case createTensorWithDataAsOrtValue = 49
        case getTensorMutableData = 51
        case fillStringTensor = 52
        case getStringTensorDataLength = 53
        case getStringTensorContent = 54
        case getTensorElementType = 60
        case getDimensionsCount = 61
        case getDimensions = 62
        case getTensorTypeAndShape = 65
        case getValueType = 67
        case createCpuMemoryInfo = 69
        case getAllocatorWithDefaultOptions = 78
        case getValue = 80
        case getValueCount = 81
        case createValue = 82
        case releaseStatus = 93
        case releaseSession = 95
        case releaseValue = 96
        case releaseTensorTypeAndShapeInfo = 99
        case releaseSessionOptions = 100
    }

    init(_ functions: UnsafePointer<UnsafeRawPointer?>) {
        self.functions = functions
    }

    private func function<Function>(_ place: Place, as type: Function.Type) -> Function {
        unsafeBitCast(functions[place.rawValue], to: type)
    }

    /// Turns a status into an error, and frees it.
    func check(_ status: Status, _ place: @autoclosure () -> String? = nil) throws {
        guard let status else { return }
        let message = function(.getErrorMessage, as: (@convention(c) (Handle) -> UnsafePointer<CChar>?).self)(status)
        let text = message.map { String(cString: $0) } ?? "no reason is given"
        release(.releaseStatus, status)
        throw ONNXError(
            .runtimeFailed, "ONNX Runtime says: \(text)", at: place(),
            suggestion: "check the model with the version that it was exported for")
    }

    private func release(_ place: Place, _ handle: Handle) {
        function(place, as: (@convention(c) (Handle) -> Void).self)(handle)
    }

    func releaseSession(_ handle: Handle) { release(.releaseSession, handle) }
    func releaseValue(_ handle: Handle) { release(.releaseValue, handle) }
    func releaseShape(_ handle: Handle) { release(.releaseTensorTypeAndShapeInfo, handle) }
    func releaseOptions(_ handle: Handle) { release(.releaseSessionOptions, handle) }

    /// Calls a function that makes something, and gives what it made.
    private func made(_ place: @autoclosure () -> String? = nil, _ body: (Out) -> Status) throws -> Handle {
        var handle: OpaquePointer?
        try check(body(&handle), place())
        guard let handle else { throw ONNXError(.runtimeFailed, "ONNX Runtime made nothing", at: place(), suggestion: "check the model") }
        return handle
    }

    // MARK: Sessions

    /// 3 is the level of errors: warnings about models go to nobody.
    private static let logLevel: Int32 = 3

    func makeEnvironment() throws -> Handle {
        let create = function(.createEnv, as: (@convention(c) (Int32, UnsafePointer<CChar>, Out) -> Status).self)
        return try made { create(Self.logLevel, "prisml", $0) }
    }

    func makeOptions(threads: Int) throws -> Handle {
        let create = function(.createSessionOptions, as: (@convention(c) (Out) -> Status).self)
        let options = try made { create($0) }
        let number = Int32(clamping: max(threads, 1))
        for (place, value) in [
            (Place.setIntraOpNumThreads, number), (.setInterOpNumThreads, 1), (.setSessionLogSeverityLevel, Self.logLevel),
        ] {
            try check(function(place, as: (@convention(c) (Handle, Int32) -> Status).self)(options, value))
        }
        return options
    }

    func makeSession(_ environment: Handle, _ model: UnsafeRawBufferPointer, _ options: Handle) throws -> Handle {
        let create = function(
            .createSessionFromArray, as: (@convention(c) (Handle, UnsafeRawPointer?, Int, Handle, Out) -> Status).self)
        return try made("the model") { create(environment, model.baseAddress, model.count, options, $0) }
    }

    /// Runs a session; outputs that are nil are made, others are written into.
    func run(
        _ session: Handle, inputNames: UnsafePointer<UnsafePointer<CChar>?>, inputs: UnsafePointer<OpaquePointer?>, inputCount: Int,
        outputNames: UnsafePointer<UnsafePointer<CChar>?>, outputs: Out, outputCount: Int
    ) throws {
        typealias Run =
            @convention(c) (
                Handle, OpaquePointer?, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<OpaquePointer?>, Int,
                UnsafePointer<UnsafePointer<CChar>?>, Int, Out
            ) -> Status
        try check(function(.run, as: Run.self)(session, nil, inputNames, inputs, inputCount, outputNames, outputCount, outputs))
    }

    // MARK: Values

    func defaultAllocator() throws -> Handle {
        let get = function(.getAllocatorWithDefaultOptions, as: (@convention(c) (Out) -> Status).self)
        return try made { get($0) }
    }

    func makeMemoryInfo() throws -> Handle {
        // A plain allocator (0) of the usual memory (0).
        let create = function(.createCpuMemoryInfo, as: (@convention(c) (Int32, Int32, Out) -> Status).self)
        return try made { create(0, 0, $0) }
    }

    func makeTensor(_ allocator: Handle, _ shape: [Int64], _ type: ElementType) throws -> Handle {
        let create = function(
            .createTensorAsOrtValue, as: (@convention(c) (Handle, UnsafePointer<Int64>, Int, Int32, Out) -> Status).self)
        return try made { create(allocator, shape, shape.count, type.rawValue, $0) }
    }

    /// A tensor over memory that the caller keeps.
    func makeTensor(_ memory: Handle, over data: UnsafeMutableRawBufferPointer, _ shape: [Int64], _ type: ElementType) throws -> Handle {
        typealias Create = @convention(c) (Handle, UnsafeMutableRawPointer?, Int, UnsafePointer<Int64>, Int, Int32, Out) -> Status
        let create = function(.createTensorWithDataAsOrtValue, as: Create.self)
        return try made { create(memory, data.baseAddress, data.count, shape, shape.count, type.rawValue, $0) }
    }

    /// A sequence (2) or a map (3) of values.
    func makeValue(_ parts: [OpaquePointer?], kind: Int32) throws -> Handle {
        let create = function(.createValue, as: (@convention(c) (UnsafePointer<OpaquePointer?>, Int, Int32, Out) -> Status).self)
        return try made { create(parts, parts.count, kind, $0) }
    }

    func data(_ value: Handle) throws -> UnsafeMutableRawPointer? {
        var pointer: UnsafeMutableRawPointer?
        let get = function(
            .getTensorMutableData, as: (@convention(c) (Handle, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Status).self)
        try check(get(value, &pointer))
        return pointer
    }

    func fill(_ value: Handle, _ texts: [UnsafePointer<CChar>?]) throws {
        let fill = function(.fillStringTensor, as: (@convention(c) (Handle, UnsafePointer<UnsafePointer<CChar>?>, Int) -> Status).self)
        try check(fill(value, texts, texts.count))
    }

    /// The bytes of all texts, one behind the other, and where each begins.
    func texts(_ value: Handle, count: Int) throws -> (bytes: [UInt8], starts: [Int]) {
        var size = 0
        let length = function(.getStringTensorDataLength, as: (@convention(c) (Handle, UnsafeMutablePointer<Int>) -> Status).self)
        try check(length(value, &size))
        typealias Get = @convention(c) (Handle, UnsafeMutableRawPointer, Int, UnsafeMutablePointer<Int>, Int) -> Status
        let get = function(.getStringTensorContent, as: Get.self)
        var starts = [Int](repeating: 0, count: max(count, 1))
        // One byte more, so that there is an address for texts that are all empty.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        try check(get(value, &bytes, size, &starts, count))
        return (Array(bytes.dropLast()), Array(starts.prefix(count)))
    }

    /// 1 for a tensor, 2 for a sequence, 3 for a map.
    func kind(_ value: Handle) throws -> Int32 {
        var kind: Int32 = 0
        try check(function(.getValueType, as: (@convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Status).self)(value, &kind))
        return kind
    }

    func partCount(_ value: Handle) throws -> Int {
        var count = 0
        try check(function(.getValueCount, as: (@convention(c) (Handle, UnsafeMutablePointer<Int>) -> Status).self)(value, &count))
        return count
    }

    func part(_ value: Handle, _ index: Int, _ allocator: Handle) throws -> Handle {
        let get = function(.getValue, as: (@convention(c) (Handle, Int32, Handle, Out) -> Status).self)
        return try made { get(value, Int32(clamping: index), allocator, $0) }
    }

    func shape(_ value: Handle) throws -> (type: Int32, dimensions: [Int64]) {
        let get = function(.getTensorTypeAndShape, as: (@convention(c) (Handle, Out) -> Status).self)
        let info = try made { get(value, $0) }
        defer { releaseShape(info) }
        var (type, count): (Int32, Int) = (0, 0)
        try check(function(.getTensorElementType, as: (@convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Status).self)(info, &type))
        try check(function(.getDimensionsCount, as: (@convention(c) (Handle, UnsafeMutablePointer<Int>) -> Status).self)(info, &count))
        var dimensions = [Int64](repeating: 0, count: count)
        try check(
            function(.getDimensions, as: (@convention(c) (Handle, UnsafeMutablePointer<Int64>, Int) -> Status).self)(
                info, &dimensions, count))
        return (type, dimensions)
    }
}
