#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Stands in for Synchronization's lock, which takes a futex by itself and so is nothing to the thread sanitizer: it knows of pthread's.
///
/// `scripts/sanitize` puts this file into each target that uses one of its names, where they go before the names that are imported.
struct Mutex<Value: ~Copyable>: ~Copyable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    init(_ initial: consuming sending Value) {
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        value = .allocate(capacity: 1)
        value.initialize(to: initial)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    borrowing func withLock<Answer: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Answer
    ) throws(Failure) -> sending Answer {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }

    borrowing func withLockIfAvailable<Answer: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Answer
    ) throws(Failure) -> sending Answer? {
        guard pthread_mutex_trylock(lock) == 0 else { return nil }
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}

// Sendable because its value is reached under the lock alone.
extension Mutex: @unchecked Sendable where Value: ~Copyable {}

// What comes before a continuation's resume comes before what the task does next. Swift's runtime tells the sanitizer so where the task
// already waits; where the resume is the earlier of the two it releases the task, and nothing acquires it. These do.

func withCheckedContinuation<Value>(
    isolation: isolated (any Actor)? = #isolation, function: String = #function, _ body: (CheckedContinuation<Value, Never>) -> Void
) async -> sending Value {
    let value = await _Concurrency.withCheckedContinuation(isolation: isolation, function: function, body)
    acquireCurrentTask()
    return value
}

func withCheckedThrowingContinuation<Value>(
    isolation: isolated (any Actor)? = #isolation, function: String = #function, _ body: (CheckedContinuation<Value, any Error>) -> Void
) async throws -> sending Value {
    defer { acquireCurrentTask() }
    return try await _Concurrency.withCheckedThrowingContinuation(isolation: isolation, function: function, body)
}

func withUnsafeContinuation<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (UnsafeContinuation<Value, Never>) -> Void
) async -> sending Value {
    let value = await _Concurrency.withUnsafeContinuation(isolation: isolation, body)
    acquireCurrentTask()
    return value
}

func withUnsafeThrowingContinuation<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (UnsafeContinuation<Value, any Error>) -> Void
) async throws -> sending Value {
    defer { acquireCurrentTask() }
    return try await _Concurrency.withUnsafeThrowingContinuation(isolation: isolation, body)
}

@_silgen_name("__tsan_acquire")
private func acquire(_ address: UnsafeRawPointer)

private func acquireCurrentTask() {
    // The task is the only thing in it.
    withUnsafeCurrentTask { task in
        if let task { acquire(unsafeBitCast(task, to: UnsafeRawPointer.self)) }
    }
}
