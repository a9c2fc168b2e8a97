internal import Synchronization

/// A value that is made when it is first asked for, once, however many tasks ask.
final class Deferred<Value: Sendable>: Sendable {
    private enum State: Sendable {
        /// What makes the value is let go of with everything that it holds once the value is made.
        case waiting(@Sendable () throws -> Value)
        case made(Value)
    }

    private let state: Mutex<State>

    init(_ make: @escaping @Sendable () throws -> Value) {
        state = Mutex(.waiting(make))
    }

    /// The value, if it has been made.
    var ready: Value? {
        state.withLock { if case .made(let value) = $0 { value } else { nil } }
    }

    var value: Value {
        get throws {
            try state.withLock { state in
                switch state {
                case .made(let value): return value
                case .waiting(let make):
                    let value = try make()
                    state = .made(value)
                    return value
                }
            }
        }
    }
}
