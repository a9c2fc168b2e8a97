internal import Synchronization

/// A value that is made when it is first asked for, once, however many tasks ask.
final class Deferred<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () throws -> Value

    init(_ make: @escaping @Sendable () throws -> Value) {
        self.make = make
    }

    /// The value, if it has been made.
    var ready: Value? {
        made.withLock { $0 }
    }

    var value: Value {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let value = try make()
                made = value
                return value
            }
        }
    }
}
