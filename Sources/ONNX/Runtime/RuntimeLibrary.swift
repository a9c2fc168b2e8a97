#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// ONNX Runtime's shared library, found and loaded when it is first needed.
///
/// The library has one entry point, `OrtGetApiBase`, which gives a table of functions that only ever grows at its end; no header is needed.
final class RuntimeLibrary: Sendable {
    /// Where it was found, and what version it says it is.
    let path: String
    let version: String
    let table: RuntimeTable

    /// The variable that names the library's file, in place of all places where it is looked for.
    static let variable = "ONNXRUNTIME_LIBRARY"
    /// The oldest version that is taken: the first that runs the operator sets that converters write today.
    private static let oldest = (major: 1, minor: 15)

    private static let found = Deferred { try RuntimeLibrary(candidates: RuntimeLibrary.candidates()) }

    /// The library, loaded once; an error says what to install.
    static var shared: RuntimeLibrary {
        get throws { try found.value }
    }

    /// Loads the first of some files that is ONNX Runtime's library.
    init(candidates: [String]) throws {
        var failures: [String] = []
        for candidate in candidates {
            guard let handle = dlopen(candidate, RTLD_NOW | RTLD_LOCAL) else {
                failures.append(dlerror().map { String(cString: $0) } ?? candidate)
                continue
            }
            guard let symbol = dlsym(handle, "OrtGetApiBase") else {
                failures.append("\(candidate) has no OrtGetApiBase")
                continue
            }
            typealias GetBase = @convention(c) () -> UnsafeRawPointer?
            guard let base = unsafeBitCast(symbol, to: GetBase.self)()?.assumingMemoryBound(to: RuntimeBase.self) else {
                failures.append("\(candidate) gives no interface")
                continue
            }
            let version = base.pointee.version().map { String(cString: $0) } ?? "unknown"
            guard Self.isNewEnough(version), let functions = base.pointee.functions(RuntimeTable.interfaceVersion) else {
                throw ONNXError(
                    .runtimeMissing, "ONNX Runtime \(version) is older than \(Self.oldest.major).\(Self.oldest.minor)", at: candidate,
                    suggestion: Self.advice)
            }
            path = candidate
            self.version = version
            table = RuntimeTable(functions)
            return
        }
        throw ONNXError(
            .runtimeMissing, "ONNX Runtime's library was not found\(failures.isEmpty ? "" : " (\(failures.joined(separator: "; ")))")",
            suggestion: Self.advice)
    }

    private static let advice = "install it with `pip install onnxruntime`, or set \(variable) to the path of libonnxruntime"

    private static func isNewEnough(_ version: String) -> Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { return false }
        return (parts[0], parts[1]) >= (oldest.major, oldest.minor)
    }

    // MARK: Looking for it

    private static func candidates() -> [String] {
        if let path = environment(variable) { return [path] }
        #if canImport(Darwin)
        let (names, pattern) = (["libonnxruntime.dylib"], "libonnxruntime*.dylib")
        #else
        let (names, pattern) = (["libonnxruntime.so.1", "libonnxruntime.so"], "libonnxruntime.so*")
        #endif
        // The wheel from PyPI has the library among its files: of the active environment first, then of the user, then of the system.
        var roots: [String] = []
        if let active = environment("VIRTUAL_ENV") ?? environment("CONDA_PREFIX") { roots.append("\(active)/lib/python3*/site-packages") }
        roots.append(".venv/lib/python3*/site-packages")
        if let home = environment("HOME") { roots.append("\(home)/.local/lib/python3*/site-packages") }
        roots += ["/usr/local/lib/python3*/site-packages", "/usr/local/lib/python3*/dist-packages", "/usr/lib/python3*/dist-packages"]
        return roots.prefix(2).flatMap { files("\($0)/onnxruntime/capi/\(pattern)") } + names
            + roots.dropFirst(2).flatMap { files("\($0)/onnxruntime/capi/\(pattern)") }
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The files that a pattern matches.
    private static func files(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }
}

/// What `OrtGetApiBase` points at.
struct RuntimeBase {
    let functions: @convention(c) (UInt32) -> UnsafePointer<UnsafeRawPointer?>?
    let version: @convention(c) () -> UnsafePointer<CChar>?
}
