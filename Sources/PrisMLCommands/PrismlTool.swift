import Prisma
import PrismaSchema
import Synchronization

/// The `prisml` command line as a value, so that a project's own executable can run it too.
///
/// ```swift
/// let code = await PrismlTool().run(CommandLine.arguments)
/// exit(code)
/// ```
public struct PrismlTool: Sendable {
    /// The commands as they come with PrisML.
    public init() {}

    /// Runs one command line, whose first word is the program's name, and returns the code to exit with.
    ///
    /// Ctrl-C cancels the command, which then cleans up; a second Ctrl-C ends the process.
    public func run(_ arguments: [String]) async -> Int32 {
        Signals.surviveClosedPipes()
        let environment = CommandEnvironment.process(arguments: Array(arguments.dropFirst()))
        let task = Task { await run(in: environment) }
        let received = Atomic<Int32>(0)
        let signals = Signals { signal in
            if task.isCancelled { Signals.leaveNow(after: signal) }
            received.store(signal, ordering: .sequentiallyConsistent)
            task.cancel()
        }
        let code = await task.value
        signals?.stop()
        let signal = received.load(ordering: .sequentiallyConsistent)
        return code == .interrupted && signal != 0 ? 128 + signal : code.rawValue
    }

    /// Runs one command line in a given world.
    func run(in environment: CommandEnvironment, root: Command = .prisml) async -> ExitCode {
        let output = Output(environment.output, variables: environment.variables)
        let errors = Output(environment.errors, variables: environment.variables, inBlocks: false)
        var code = await run(in: environment, root: root, output: output, errors: errors)
        output.flush()
        if output.failure != 0, code == .success || code == .interrupted {
            code = SystemError.isClosedPipe(output.failure) ? .outputClosed : .input
            if code == .input { errors.error("cannot write the output: \(SystemError.reason(output.failure))") }
        }
        errors.flush()
        return code
    }

    private func run(in environment: CommandEnvironment, root: Command, output: Output, errors: Output) async -> ExitCode {
        do {
            switch try CommandParser(root: root, variables: environment.variables).parse(environment.arguments) {
            case .help(let path):
                output.send(Help(path, width: output.width, style: output.styled).text)
                return .success
            case .version:
                output.print(Version.line)
                return .success
            case .run(let path, let arguments):
                guard let run = path.command.run else { throw CommandError(.defect, "'\(path.line)' does nothing") }
                let context = CommandContext(
                    root: root, arguments: arguments, environment: environment, output: output, errors: errors)
                return try await untilOutputCloses(output) { try await run(context) }
            }
        } catch {
            output.flush()
            return report(error, on: errors)
        }
    }

    /// Runs the work in a task that is cancelled when nobody reads the output any more.
    private func untilOutputCloses(
        _ output: Output, _ work: @escaping @Sendable () async throws -> ExitCode
    ) async throws -> ExitCode {
        let task = Task { try await work() }
        output.whenFailed { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Says what went wrong; the error types of the libraries below are told apart here and nowhere else.
    private func report(_ error: any Error, on errors: Output) -> ExitCode {
        switch error {
        case let error as CommandError where error.code != .defect:
            errors.error(error.message, next: error.next)
            return error.exitCode
        case is CancellationError:
            // The shell's prompt shall not continue a line that was being redrawn.
            if errors.canRedraw { errors.print() }
            return .interrupted
        case let error as SchemaError:
            Problems(.failure(error)).print(on: errors)
            return .input
        case var error as PrismaError:
            let next = error.help
            error.help = nil
            errors.error(error.description, next: next)
            return .input
        default:
            let message = (error as? CommandError)?.message ?? "\(error)"
            errors.error("a defect of prisml: \(message)", next: "please report it with the command line and '\(Version.line)'")
            return .defect
        }
    }
}
