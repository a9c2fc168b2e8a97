import Foundation
import TestSupport
import Testing

@testable import PrisMLTraining

@Suite struct TrainingLockTests {
    static let hour: Int64 = 3_600_000_000
    static let now: Int64 = 1_700_000_000_000_000

    static func owner(_ pid: Int32, host: String = "here") -> TrainingLock.Owner {
        TrainingLock.Owner(pid: pid, host: host, now: now, lifetime: hour)
    }

    @Test func oneTrainingAtATime() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("models/churn/training.lock")
        let lock = try TrainingLock(path, owner: Self.owner(7), now: Self.now)
        let error = #expect(throws: TrainingError.self) { _ = try TrainingLock(path, owner: Self.owner(8), now: Self.now) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process 7 on here, since 2023-11-14") ?? false)
        let late = #expect(throws: TrainingError.self) { _ = try TrainingLock(path, owner: Self.owner(8), now: Self.now + Self.hour) }
        #expect(late?.message.contains("its deadline has passed") ?? false)
        _ = consume lock
        #expect(!FileManager.default.fileExists(atPath: path))
        _ = try TrainingLock(path, owner: Self.owner(8), now: Self.now)
    }

    /// A process that was killed leaves its file; the system's lock went with it.
    @Test func whatADeadProcessLeftBehindIsTakenOver() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("training.lock")
        for text in ["", "{", String(decoding: try JSONEncoder().encode(Self.owner(1)), as: UTF8.self)] {
            try Data(text.utf8).write(to: URL(filePath: path))
            let lock = try TrainingLock(path, owner: Self.owner(9), now: Self.now)
            #expect(lock.abandoned == (text.count > 1 ? Self.owner(1) : nil))
            _ = consume lock
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func anotherMachineHoldsItUntilItsDeadline() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("training.lock")
        try JSONEncoder().encode(Self.owner(1, host: "there")).write(to: URL(filePath: path))
        let error = #expect(throws: TrainingError.self) { _ = try TrainingLock(path, owner: Self.owner(9), now: Self.now + Self.hour - 1) }
        #expect(error?.message.contains("process 1 on there") ?? false)
        #expect(FileManager.default.fileExists(atPath: path))
        _ = try TrainingLock(path, owner: Self.owner(9), now: Self.now + Self.hour)
    }

    @Test func manyAtOnceNeverHoldItTogether() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("training.lock")
        let inside = folder.file("inside")
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var taken = 0
                    for _ in 0..<50 {
                        do {
                            try await TrainingLock.with(path) { _ in
                                let descriptor = open(inside, O_CREAT | O_EXCL, 0o600)
                                #expect(descriptor >= 0)
                                await Task.yield()
                                close(descriptor)
                                unlink(inside)
                            }
                            taken += 1
                        } catch let error as TrainingError where error.code == .locked {
                            await Task.yield()
                        }
                    }
                    return taken
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(taken > 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func errorsInsideGiveTheLockBack() async throws {
        struct Failure: Error {}
        let folder = try TemporaryFolder()
        let path = folder.file("training.lock")
        await #expect(throws: Failure.self) { try await TrainingLock.with(path) { _ in throw Failure() } }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aPlaceThatCannotBeWrittenIsAnError() throws {
        let error = #expect(throws: TrainingError.self) { _ = try TrainingLock("/proc/nothing/lock", owner: Self.owner(1), now: Self.now) }
        #expect(error?.message.contains("cannot be written") ?? false)
    }
}
