public import PrisML
import PrisMLTraining
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The `prisml` command line as a value: a project hands its predictors to it and has all commands for them.
///
/// A small executable of the project is all there is to write, and `swift run ml train churn` works:
///
/// ```swift
/// import PrisMLCommands
///
/// await PrisMLTool.run(predictors: [churn, lifetimeValue])
/// ```
public struct PrisMLTool: Sendable {
    let project: Project?

    /// The commands as they come with PrisML, which know no predictors.
    public init() {
        project = nil
    }

    /// The commands for a project's predictors.
    ///
    /// - Parameter schema: the project's schema, where it is not in one of the places that commands look in.
    public init(schema: String? = nil, predictors: [any AnyPredictor]) {
        project = Project(schema: schema, predictors: predictors)
    }

    /// Runs the process's command line for a project's predictors, and ends the process with its exit code.
    public static func run(schema: String? = nil, predictors: [any AnyPredictor]) async -> Never {
        // A training runs in a process of its own, which is this program once more.
        if let code = TrainingProcess.serve(CommandLine.arguments) { exit(code) }
        exit(await PrisMLTool(schema: schema, predictors: predictors).run(CommandLine.arguments))
    }

    /// Runs one command line, whose first word is the program's name, and returns the code to exit with.
    ///
    /// Ctrl-C cancels the command, which then cleans up; a second Ctrl-C ends the process.
    public func run(_ arguments: [String]) async -> Int32 {
        Signals.surviveFailedWrites()
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
                    root: root, project: project, arguments: arguments, environment: environment, output: output, errors: errors)
                return try await untilOutputCloses(output) { try await run(context) }
            }
        } catch {
            output.flush()
            return errors.report(error)
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
}
