internal import Synchronization

/// What one query has looked up of what may change while it runs, such as the version of a predictor that answers.
///
/// Each thing is looked up once, before a connection is leased: the look may need one itself.
package final class QueryMemory: Sendable {
    private struct Content: Sendable {
        var values: [AnySendableHashable: any Sendable] = [:]
        var functionNames: [String: String] = [:]
    }

    private let content = Mutex(Content())

    init() {}

    /// What was found under this name before, or what `find` finds now.
    package func value<Value: Sendable>(
        _ name: some Hashable & Sendable, _ find: () async throws -> Value
    ) async throws -> Value {
        let name = AnySendableHashable(name)
        if let value = content.withLock({ $0.values[name] as? Value }) { return value }
        let found = try await find()
        return content.withLock { content in
            if let value = content.values[name] as? Value { return value }
            content.values[name] = found
            return found
        }
    }

    /// What the database calls functions of this process, by their names here.
    var functionNames: [String: String] { content.withLock { $0.functionNames } }

    func name(_ function: String, inDatabase name: String) { content.withLock { $0.functionNames[function] = name } }
}

/// A name of any type.
private struct AnySendableHashable: Hashable, Sendable {
    private let name: any Hashable & Sendable

    init(_ name: any Hashable & Sendable) { self.name = name }

    static func == (left: Self, right: Self) -> Bool { AnyHashable(left.name) == AnyHashable(right.name) }

    func hash(into hasher: inout Hasher) { name.hash(into: &hasher) }
}
