import Foundation
import ONNX
import Synchronization
import Testing

@testable import PrisMLTraining

@Suite struct TrainingProcessTests {
    /// The program that was built beside these tests.
    static let program: String = {
        let folders = ([Bundle.main] + Bundle.allBundles).flatMap { [$0.bundleURL, $0.bundleURL.deletingLastPathComponent()] }
        let found = folders.map { $0.appending(path: "TrainingProgram").path }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found ?? "TrainingProgram"
    }()

    static func requests() throws -> [TrainingRequest] {
        var parameters = TreeParameters(rounds: 30, depth: 3)
        parameters.earlyStoppingRounds = 4
        let validation = try Sample.rows(.binary, rows: 200, seed: 3)
        let several = LearningTask.classes(3)
        return [
            TrainingRequest(
                .binary, by: .trees(parameters), on: try Sample.mirrored(Sample.rows(.binary, rows: 500)),
                validation: try Sample.mirrored(validation), scoring: try Sample.mirrored(validation).features),
            TrainingRequest(
                several, by: .trees(.forest(trees: 5, depth: 4, columns: 6, task: several)), on: try Sample.rows(several, rows: 300),
                scoring: validation.features),
            TrainingRequest(
                .regression, by: .linear(LinearParameters()), on: try Sample.rows(.regression, rows: 300), scoring: validation.features),
        ]
    }

    @Test func anotherProcessTrainsTheSameModel() async throws {
        for request in try Self.requests() {
            let here = try request.run()
            let told = Mutex<[TrainingProgress]>([])
            let there = try await request.train(in: Self.program) { progress in told.withLock { $0.append(progress) } }
            #expect(there == here)
            #expect(told.withLock { $0.count } >= 3)
            #expect(try there.model.onnx().encoded() == here.model.onnx().encoded())
        }
    }

    @Test func withoutAProgramItTrainsHere() async throws {
        #expect(!TrainingProcess.isAvailable)
        let request = try Self.requests()[1]
        #expect(try await request.train() == request.run())
    }

    @Test func itsErrorsAreThoseOfATrainingHere() async throws {
        var request = try Self.requests()[0]
        request.algorithm = .trees(TreeParameters(rounds: -1, learningRate: .nan))
        let here = #expect(throws: TrainingError.self) { try request.run() }
        let there = await #expect(throws: TrainingError.self) { try await request.train(in: Self.program) }
        #expect(here == there)
    }

    @Test(arguments: ["/nowhere/at/all", "/usr/bin/true", "/bin/sh"])
    func programsThatDoNotTrainAreAnError(program: String) async throws {
        let request = try Self.requests()[0]
        let error = await #expect(throws: TrainingError.self) { try await request.train(in: program) }
        #expect(error?.code == .trainerFailed)
    }

    @Test(arguments: [false, true])
    func cancellingEndsTheTrainingAtOnce(isInProcess: Bool) async throws {
        var request = try Self.requests()[0]
        request.validation = nil
        request.algorithm = .trees(TreeParameters(rounds: 100_000, depth: 2))
        let (copy, hasBegun) = (request, AsyncStream.makeStream(of: Void.self))
        let task = Task { try await copy.train(in: isInProcess ? nil : Self.program) { _ in hasBegun.continuation.yield() } }
        for await _ in hasBegun.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aKilledProcessIsSaidToBeKilled() throws {
        let child = ChildProcess()
        let stream = MessageStream(owning: try child.start("/bin/sh", ["sh", "-c", "kill -KILL $$"], environment: []))
        #expect(throws: MessageStream.Broken.self) { try stream.readAnswer() }
        let end = child.wait()
        #expect(end.description.contains("signal 9"))
        #expect(end.suggestion.contains("memory"))
        child.kill()
    }

    @Test func aProcessThatIsCancelledBeforeItStartsEndsToo() throws {
        let child = ChildProcess()
        child.kill()
        let stream = MessageStream(owning: try child.start("/bin/sh", ["sh", "-c", "read line"], environment: []))
        #expect(throws: MessageStream.Broken.self) { try stream.readAnswer() }
        if case .signalled(9) = child.wait() {} else { Issue.record("it was not killed") }
    }
}
