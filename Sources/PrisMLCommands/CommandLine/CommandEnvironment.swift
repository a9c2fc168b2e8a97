import Synchronization

/// The world that a command sees. Commands touch it only through this value, so a test can hand them another one.
struct CommandEnvironment: Sendable {
    /// The words after the program's name.
    var arguments: [String]
    var variables: [String: String] = [:]
    /// An absolute path.
    var workingDirectory: String
    /// The file of the program that runs, absolute; nil where the system does not say.
    var program: String? = nil
    /// Reads standard input to its end, or until the task is cancelled.
    var readInput: @Sendable () throws -> [UInt8] = { [] }
    /// Reads what has come on standard input, or waits for it; nil at its end.
    var readInputBlock: (@Sendable () throws -> [UInt8]?)?
    var inputIsTerminal = false
    var output: OutputTarget
    var errors: OutputTarget
    /// The time since some fixed moment, for rates and time left.
    var elapsed: @Sendable () -> Duration = { .zero }
    /// Lets another program, found on PATH, take this process over, with variables added; returns only when that cannot be done.
    var become: @Sendable (_ words: [String], _ variables: [String: String]) throws -> ExitCode = { words, _ in
        throw CommandError(.project, "cannot run '\(words.joined(separator: " "))' here")
    }
}

extension CommandEnvironment {
    /// Standard input block by block, nil at its end.
    func inputBlocks() -> @Sendable () throws -> [UInt8]? {
        if let readInputBlock { return readInputBlock }
        let hasRead = Mutex(false)
        return { [readInput] in
            let isFirst = hasRead.withLock { hasRead in
                defer { hasRead = true }
                return !hasRead
            }
            return isFirst ? try readInput() : nil
        }
    }
}

/// Where bytes go.
struct OutputTarget: Sendable {
    var isTerminal = false
    /// The terminal's width, where it has one.
    var columns: Int? = nil
    /// Writes all of the bytes; the value is 0 or an `errno`.
    var write: @Sendable ([UInt8]) -> Int32
}
