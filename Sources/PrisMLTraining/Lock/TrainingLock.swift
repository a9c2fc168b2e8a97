internal import Foundation
internal import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Lets one training of a predictor run at a time, across processes and machines that share a folder.
///
/// On one machine the system's lock on the file decides, which ends with its process, however that ends. Between machines, where a folder is
/// shared and locks may not be, the owner that is written in the file decides, until its deadline.
package struct TrainingLock: ~Copyable {
    /// Who holds a lock, as it is written in its file.
    package struct Owner: Sendable, Hashable, Codable {
        package var pid: Int32
        package var host: String
        package var since: String
        /// Until when, in microseconds since 1970; after it another machine takes the lock over.
        package var deadline: Int64

        package init(pid: Int32 = getpid(), host: String = ProcessInfo.processInfo.hostName, now: Int64, lifetime: Int64) {
            self.pid = pid
            self.host = host
            since = Timestamp.format(now)
            deadline = now + lifetime
        }
    }

    private let path: String
    private let descriptor: Int32
    /// Who held the lock last and ended without giving it back; nil if nobody did.
    package let abandoned: Owner?

    /// Takes the lock, or says who holds it.
    ///
    /// - Parameter path: the lock's file; its folder is made if it is not there, the file goes when the lock is given back.
    package init(_ path: String, owner: Owner, now: Int64) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // A holder that gives the lock back removes the file between our opening and locking it: then it is another file that counts.
        for _ in 0..<100 {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Self.failure(path, errno) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                let holder = Self.owner(in: descriptor)
                _ = close(descriptor)
                guard code == EWOULDBLOCK else { throw Self.failure(path, code) }
                throw Self.held(path, by: holder, now: now)
            }
            guard Self.isSameFile(descriptor, path) else {
                _ = close(descriptor)
                continue
            }
            // Whoever gives the lock back removes the file: one that holds a name was left by a process that was killed.
            let last = Self.owner(in: descriptor)
            if let last, last.host != owner.host, last.deadline > now {
                _ = close(descriptor)
                throw Self.held(path, by: last, now: now)
            }
            if let code = Self.write(owner, to: descriptor) {
                _ = unlink(path)
                _ = close(descriptor)
                throw Self.failure(path, code)
            }
            self.path = path
            self.descriptor = descriptor
            abandoned = last
            return
        }
        throw Self.failure(path, EBUSY)
    }

    deinit {
        _ = unlink(path)
        _ = close(descriptor)
    }

    /// Runs some work while the lock is held, for a day at most as far as other machines are concerned.
    ///
    /// - Parameter work: told who held the lock last, if that one was ended before it could clean up.
    package static func with<Result: Sendable>(
        _ path: String, hours: Int64 = 24, _ work: (_ abandoned: Owner?) async throws -> Result
    ) async throws -> Result {
        let now = Date().microsecondsSince1970
        let lock = try TrainingLock(path, owner: Owner(now: now, lifetime: hours * 3_600_000_000), now: now)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await work(lock.abandoned))
        } catch {
            result = .failure(error)
        }
        _ = consume lock
        return try result.get()
    }

    // MARK: The file

    private static func owner(in descriptor: Int32) -> Owner? {
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(pread(descriptor, buffer.baseAddress, buffer.count, 0), 0)
        }
        return try? JSONDecoder().decode(Owner.self, from: Data(bytes))
    }

    private static func write(_ owner: Owner, to descriptor: Int32) -> Int32? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let text = try? encoder.encode(owner) else { return EINVAL }
        guard ftruncate(descriptor, 0) == 0 else { return errno }
        return text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) == $0.count ? nil : max(errno, EIO) }
    }

    private static func isSameFile(_ descriptor: Int32, _ path: String) -> Bool {
        var (own, named) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    // MARK: Errors

    private static func held(_ path: String, by holder: Owner?, now: Int64) -> TrainingError {
        guard let holder else {
            return TrainingError(.locked, "another training of this predictor is running", at: path, suggestion: "wait until it is done")
        }
        let isLate = holder.deadline <= now
        return TrainingError(
            .locked,
            "another training of this predictor is running: process \(holder.pid) on \(holder.host), since \(holder.since)"
                + (isLate ? ", and its deadline has passed" : ""),
            at: path, suggestion: isLate ? "look whether it hangs, and end it" : "wait until it is done, or end it")
    }

    private static func failure(_ path: String, _ code: Int32) -> TrainingError {
        TrainingError(
            .locked, "the lock cannot be written: \(String(cString: strerror(code)))", at: path,
            suggestion: "look at the folder's permissions and the space on its disk")
    }
}
