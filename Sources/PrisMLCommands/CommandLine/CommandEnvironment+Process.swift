#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension CommandEnvironment {
    /// The process's own world.
    static func process(arguments: [String]) -> CommandEnvironment {
        let clock = ContinuousClock()
        let start = clock.now
        return CommandEnvironment(
            arguments: arguments,
            variables: ProcessInfo.processInfo.environment,
            workingDirectory: currentDirectory() ?? "/",
            program: program(),
            readInput: {
                do {
                    return try Descriptor.readAll(STDIN_FILENO, whileWaiting: Task.checkCancellation)
                } catch let error as Descriptor.Errno {
                    throw SystemError.file("-", "read", error.code)
                }
            },
            readInputBlock: {
                do throws(Descriptor.Errno) {
                    return try Descriptor.readBlock(STDIN_FILENO)
                } catch {
                    throw SystemError.file("-", "read", error.code)
                }
            },
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            output: .descriptor(STDOUT_FILENO),
            errors: .descriptor(STDERR_FILENO),
            elapsed: { clock.now - start },
            become: become)
    }

    /// `execvp`: signals, the terminal and the exit code are then the other program's own.
    private static func become(_ words: [String], variables: [String: String]) throws -> ExitCode {
        for (name, value) in variables { setenv(name, value, 1) }
        var arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        if let program = words.first { execvp(program, arguments) }
        let reason = SystemError.reason(SystemError.current)
        throw CommandError(.project, "cannot run '\(words.first ?? "")': \(reason)", next: "install Swift, or put it on PATH")
    }

    private static func program() -> String? {
        #if os(Linux)
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        #else
        var size = UInt32(PATH_MAX)
        var name = [CChar](repeating: 0, count: Int(size) + 1)
        guard _NSGetExecutablePath(&name, &size) == 0, let path = realpath(name, nil) else { return nil }
        #endif
        defer { free(path) }
        return String(cString: path)
    }

    private static func currentDirectory() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}

extension OutputTarget {
    fileprivate static func descriptor(_ number: Int32) -> OutputTarget {
        let isTerminal = isatty(number) == 1
        var size = winsize()
        let hasSize = isTerminal && ioctl(number, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return OutputTarget(isTerminal: isTerminal, columns: hasSize ? Int(size.ws_col) : nil) { Descriptor.writeAll($0, to: number) }
    }
}
