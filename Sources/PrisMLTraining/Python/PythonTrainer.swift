import Foundation
import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Trains in a Python that is found here, or in a container with one.
package struct PythonTrainer: Sendable {
    /// What runs `train.py`.
    package enum Place: Sendable, Hashable {
        /// A Python's path.
        case interpreter(String)
        /// The path of `docker`, and an image that has what the script needs.
        case docker(String, image: String)
    }

    package let place: Place

    package init(_ place: Place) {
        self.place = place
    }

    /// The script, as text: it goes onto the command line, so that no file has to be where a container can see it.
    static var script: String { String(decoding: PackageResources.train_py, as: UTF8.self) }

    /// The file that the image is built from.
    package static var dockerfile: String { String(decoding: PackageResources.Dockerfile, as: UTF8.self) }

    /// The image's name; it changes when what it must contain changes.
    package static let image = "prisml-trainer:1"

    /// The program and its arguments.
    func command(container: String) -> (program: String, arguments: [String]) {
        switch place {
        case .interpreter(let path): return (path, [path, "-c", Self.script, "\(ProcessInfo.processInfo.processIdentifier)"])
        case .docker(let path, let image):
            // No network and no folder of this machine: all that the training needs comes through its standard input.
            let options = [
                "run", "--rm", "--interactive", "--init", "--network", "none", "--name", container, image, "-c", Self.script,
            ]
            return (path, [path] + options)
        }
    }

    /// The versions of what is installed there; an error says what is missing and how it is put right.
    package func versions() async throws -> [String: String] {
        let answer = try await converse { stream in
            try stream.askForVersions()
        } each: { _ in
        }
        return answer.0.versions ?? [:]
    }

    /// Throws what is wrong with an algorithm, as far as it can be told without rows: a name or a parameter that is not there, an estimator
    /// of classes for numbers.
    package func check(_ algorithm: TrainingAlgorithm, for task: LearningTask) async throws {
        let nearest = PythonAlgorithm(nearestTo: algorithm, task: task)
        _ = try await converse { stream in
            try stream.ask(about: nearest, for: task)
        } each: { _ in
        }
    }

    /// Trains, and gives the model as an ONNX file with the trainer's own scores.
    package func train(
        _ request: TrainingRequest, _ algorithm: PythonAlgorithm, progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in }
    ) async throws -> TrainingResult {
        try request.training.check(learnableAs: request.task)
        try request.training.check(sameColumnsAs: [request.scoring, request.validation?.features])
        let (answer, blobs) = try await converse { stream in
            try stream.write(request, python: algorithm)
        } each: { answer in
            if let round = answer.round, let rounds = answer.rounds { progress(TrainingProgress(round: round, rounds: rounds)) }
        }
        guard answer.kind == "result", blobs.count == 2 else { throw Self.failure("it gave no model", "look at the script") }
        let importances = answer.importances ?? []
        let model = ForeignModel(
            task: request.task, columns: request.training.features.names, file: blobs[0],
            importances: importances.count == request.training.features.columnCount ? importances : [], rounds: answer.keptRounds,
            versions: answer.versions ?? [:])
        let scores = blobs[1].withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
        let trained = TrainedModel.foreign(model)
        guard answer.hasScores == false, let features = request.scoring else {
            try request.task.requireProbabilities(scores)
            return TrainingResult(model: trained, scores: scores, losses: [])
        }
        // A script that hands a file over has no other answers to compare it with.
        let own = try ModelScores(of: trained.onnx(), task: request.task, on: features).values
        try request.task.requireProbabilities(own)
        return TrainingResult(model: trained, scores: own, losses: [], scoresAreTrainers: false)
    }

    // MARK: The conversation

    private func converse(
        _ ask: @escaping @Sendable (borrowing MessageStream) throws -> Void,
        each: @escaping @Sendable (MessageStream.PythonAnswer) -> Void
    ) async throws -> (MessageStream.PythonAnswer, [[UInt8]]) {
        let child = ChildProcess()
        let command = command(container: "prisml-train-\(UUID().uuidString.lowercased())")
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await WorkerThread().run { try Self.converse(with: child, command, ask, each) }
        } onCancel: {
            // A container's end is asked for: its client passes this signal on, and could not pass on a kill.
            child.kill(gently: true)
        }
    }

    private static func converse(
        with child: ChildProcess, _ command: (program: String, arguments: [String]), _ ask: (borrowing MessageStream) throws -> Void,
        _ each: (MessageStream.PythonAnswer) -> Void
    ) throws -> (MessageStream.PythonAnswer, [[UInt8]]) {
        let complaints = try ErrorFile()
        let stream = MessageStream(
            owning: try child.start(
                command.program, command.arguments, environment: TrainingProcess.environment, answers: true,
                errors: complaints.descriptor))
        do {
            try ask(stream)
            stream.finishWriting()
            while true {
                let (answer, blobs) = try stream.readPython()
                switch answer.kind {
                case "error": throw failure(answer.message ?? "it gave no reason", "look at the estimator and its parameters")
                case "missing":
                    throw failure(
                        "a package is missing: \(answer.message ?? "")",
                        "run 'prisml python setup', or install scikit-learn, skl2onnx and onnx there")
                case "progress": each(answer)
                default:
                    _ = child.wait()
                    return (answer, blobs)
                }
            }
        } catch let error as TrainingError {
            child.kill()
            _ = child.wait()
            throw error
        } catch {
            let isCancelled = child.isKilled
            child.killLater(seconds: 5)
            let end = child.wait()
            if case .signalled(SIGINT) = end { throw CancellationError() }
            if isCancelled { throw CancellationError() }
            let text = complaints.tail
            throw failure(text.isEmpty ? "\(end)" : text, "run \(command.program) --version, and see that it works at all")
        }
    }

    private static func failure(_ message: String, _ suggestion: String) -> TrainingError {
        TrainingError(.trainerFailed, "Python could not train: \(message)", suggestion: suggestion)
    }
}
