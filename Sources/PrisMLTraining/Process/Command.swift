import Foundation
import Prisma

/// A program that is run to its end, for what it prints.
struct Command: Sendable {
    let program: String
    let arguments: [String]
    let input: String

    init(_ program: String, _ arguments: [String], input: String = "") {
        self.program = program
        self.arguments = arguments
        self.input = input
    }

    struct Outcome: Sendable {
        var succeeded: Bool
        var output: String
        /// The last lines of its errors, or how it ended.
        var complaint: String
    }

    func run() async throws -> Outcome {
        let child = ChildProcess()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await WorkerThread().run {
                let complaints = try ErrorFile()
                let stream = MessageStream(
                    owning: try child.start(
                        program, [program] + arguments, environment: TrainingProcess.environment, answers: true,
                        errors: complaints.descriptor))
                // A program may end without having read what it is told.
                try? stream.write(raw: Array(input.utf8))
                stream.finishWriting()
                let output = stream.readAll()
                let end = child.wait()
                if child.isKilled { throw CancellationError() }
                let succeeded = if case .exited(0) = end { true } else { false }
                let tail = complaints.tail
                return Outcome(
                    succeeded: succeeded, output: String(decoding: output, as: UTF8.self), complaint: tail.isEmpty ? "\(end)" : tail)
            }
        } onCancel: {
            child.kill()
        }
    }
}
