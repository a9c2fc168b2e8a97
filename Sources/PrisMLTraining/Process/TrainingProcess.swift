import Foundation
import Prisma
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Training in a process of its own, which is this program once more.
///
/// XGBoost's threads wait for each other by spinning, unless an environment variable that is read when the program starts says
/// otherwise: on a busy machine a training then takes many times as long. A process of its own has that variable, and a crash or
/// a kill for want of memory there ends the training and not the program.
///
/// A program takes part by handing its arguments over before it looks at them:
/// ```swift
/// if let code = TrainingProcess.serve(CommandLine.arguments) { exit(code) }
/// ```
public enum TrainingProcess {
    /// The argument that makes a program a training's process. People have no use for it.
    private static let argument = "__train"
    private static let isServed = Atomic(false)

    /// Trains, and gives the code to exit with, if this process was started to do so; nil for every other process.
    public static func serve(_ arguments: [String]) -> Int32? {
        guard arguments.count == 2, arguments[1] == argument else {
            isServed.store(true, ordering: .sequentiallyConsistent)
            return nil
        }
        // The connection came as standard input.
        let stream = MessageStream(owning: STDIN_FILENO)
        do {
            let answer: MessageStream.Answer
            do {
                let request = try stream.readRequest()
                // Progress that nobody reads ends the training: the parent is gone.
                answer = .result(try request.run { try stream.write(.progress($0)) })
            } catch let error as TrainingError {
                answer = .failure(error)
            }
            try stream.write(answer)
            return 0
        } catch {
            return 1
        }
    }

    /// Whether this program takes part. One that does not must not be started again: it would do its own work a second time.
    package static var isAvailable: Bool { isServed.load(ordering: .sequentiallyConsistent) }

    /// Where this program is. On Linux it is found even after the file was replaced by a newer build.
    package static var ownProgram: String {
        #if os(Linux)
        "/proc/self/exe"
        #else
        Bundle.main.executablePath ?? CommandLine.arguments.first ?? ""
        #endif
    }

    /// The environment of a training's process: this one's, and threads that soon sleep while they wait.
    ///
    /// They spin for some microseconds first, which bridges the gaps between the small steps of growing a tree: to sleep and be woken up at
    /// each took a third of the time. Longer spins bring little more, and cost a machine that is busy otherwise many times as much.
    static var environment: [String] {
        var variables = ProcessInfo.processInfo.environment
        variables["OMP_WAIT_POLICY"] = "passive"
        if variables["GOMP_SPINCOUNT"] == nil { variables["GOMP_SPINCOUNT"] = "1000" }
        return variables.map { "\($0.key)=\($0.value)" }.sorted()
    }

    static var arguments: [String] { [CommandLine.arguments.first ?? "prisml", argument] }
}

extension TrainingRequest {
    /// Trains without holding up Swift's threads: in a process of its own where the program takes part in that, else here.
    ///
    /// - Parameters:
    ///   - python: the Python to train in, as ``TrainerChoice`` finds it; nil for the native trainers.
    ///   - program: a program that takes part; nil for this one.
    package func train(
        with python: PythonTrainer? = nil, in program: String? = nil, progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in }
    ) async throws -> TrainingResult {
        if let python {
            return try await python.train(self, PythonAlgorithm(nearestTo: algorithm, task: task), progress: progress)
        }
        guard let program = program ?? (TrainingProcess.isAvailable ? TrainingProcess.ownProgram : nil) else {
            return try await trainOnThread(progress)
        }
        let child = ChildProcess()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await WorkerThread().run { try train(in: child, program, progress) }
        } onCancel: {
            child.kill()
        }
    }

    private func trainOnThread(_ progress: @escaping @Sendable (TrainingProgress) -> Void) async throws -> TrainingResult {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await WorkerThread().run {
                try run {
                    if isCancelled.value { throw CancellationError() }
                    progress($0)
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    private func train(
        in child: ChildProcess, _ program: String, _ progress: (TrainingProgress) -> Void
    ) throws -> TrainingResult {
        let stream = MessageStream(
            owning: try child.start(program, TrainingProcess.arguments, environment: TrainingProcess.environment))
        do {
            try stream.write(self)
            while true {
                switch try stream.readAnswer() {
                case .progress(let told): progress(told)
                case .result(let result):
                    _ = child.wait()
                    return result
                case .failure(let error): throw error
                }
            }
        } catch let error as TrainingError {
            _ = child.wait()
            throw error
        } catch {
            let isCancelled = child.isKilled
            child.kill()
            let end = child.wait()
            // A terminal's Ctrl-C reaches both processes, and may end the child before this one has heard of it.
            if case .signalled(SIGINT) = end { throw CancellationError() }
            if isCancelled { throw CancellationError() }
            throw TrainingError(
                .trainerFailed, "the training's process ended before it was done: \(end)", suggestion: end.suggestion)
        }
    }
}

/// Says to a thread that the task which waits for it was cancelled.
private final class CancellationFlag: Sendable {
    private let isSet = Atomic(false)

    var value: Bool { isSet.load(ordering: .relaxed) }
    func set() { isSet.store(true, ordering: .relaxed) }
}
