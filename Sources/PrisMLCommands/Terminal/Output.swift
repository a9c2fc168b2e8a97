import Synchronization

/// Where a command prints: plain text for files and pipes, colours and redrawn lines for a terminal that wants them.
final class Output: Sendable {
    let isTerminal: Bool
    /// Whether lines may be styled: a terminal, no `NO_COLOR`, and not a dumb one.
    let isStyled: Bool
    /// Whether a line may be drawn over.
    let canRedraw: Bool
    /// The columns to lay text out in.
    let width: Int

    private struct State {
        var pending: [UInt8] = []
        /// The first `errno` that a write gave; nothing is written after it.
        var failure: Int32 = 0
        var whenFailed: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let write: @Sendable ([UInt8]) -> Int32
    /// How much is kept before it is written.
    private let blockSize: Int

    /// - Parameter inBlocks: whether a file or pipe gets lines in blocks; a terminal always shows each at once.
    init(_ target: OutputTarget, variables: [String: String], inBlocks: Bool = true) {
        isTerminal = target.isTerminal
        canRedraw = target.isTerminal && variables["TERM"] != "dumb"
        isStyled = canRedraw && (variables["NO_COLOR"] ?? "").isEmpty
        let columns = target.columns ?? variables["COLUMNS"].flatMap { Int($0) } ?? 80
        width = min(max(columns, 20), 100_000)
        write = target.write
        blockSize = inBlocks && !target.isTerminal ? 1 << 16 : 0
    }

    /// Prints a line.
    func print(_ line: String = "") {
        send(line + "\n")
    }

    /// Prints text as it is.
    func send(_ text: String) {
        let failed: (@Sendable () -> Void)? = state.withLock { state in
            guard state.failure == 0 else { return nil }
            state.pending.append(contentsOf: text.utf8)
            return state.pending.count > blockSize ? Self.drain(&state, write) : nil
        }
        failed?()
    }

    /// Hands everything printed so far to the system.
    func flush() {
        let failed = state.withLock { Self.drain(&$0, write) }
        failed?()
    }

    /// What to call, once, when writing fails; called at once if it has failed already.
    func whenFailed(_ action: @escaping @Sendable () -> Void) {
        let hasFailed = state.withLock { state in
            if state.failure == 0 { state.whenFailed = action }
            return state.failure != 0
        }
        if hasFailed { action() }
    }

    /// The `errno` of the write that failed, 0 if none has.
    var failure: Int32 { state.withLock { $0.failure } }

    private static func drain(_ state: inout State, _ write: @Sendable ([UInt8]) -> Int32) -> (@Sendable () -> Void)? {
        guard !state.pending.isEmpty, state.failure == 0 else { return nil }
        state.failure = write(state.pending)
        state.pending.removeAll(keepingCapacity: true)
        guard state.failure != 0 else { return nil }
        defer { state.whenFailed = nil }
        return state.whenFailed
    }
}

/// The visual language: every command speaks with these.
extension Output {
    func styled(_ text: String, _ style: Style) -> String {
        isStyled ? style.escape + text + Style.reset : text
    }

    /// `✓ what went well`
    func tick(_ text: String) {
        print(styled("✓", .good) + " " + text)
    }

    /// `✗ what did not`
    func cross(_ text: String) {
        print(styled("✗", .bad) + " " + text)
    }

    /// `error: what is wrong`, what to do about it, and where more is said of an error with a code.
    func error(_ message: String, next: String? = nil, code: String? = nil) {
        print(styled("error:", .bad) + " " + TextLayout.harmless(message))
        if let next { help(next) }
        if let code, ErrorPage.page(for: code) != nil { print(styled(" more:", .code) + " prisml explain \(code)") }
    }

    /// ` help: what to do next`
    func help(_ text: String) {
        print(styled(" help:", .code) + " " + TextLayout.harmless(text))
    }

    func warning(_ message: String) {
        print(styled("warning:", .warning) + " " + TextLayout.harmless(message))
    }

    func heading(_ text: String) {
        print(styled(text, .bold))
    }
}
