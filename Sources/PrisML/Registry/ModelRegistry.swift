public import Prisma

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Which version of each predictor answers, and how it came to be so.
///
/// The versions themselves are folders of artifacts; the registry keeps a state for each of them in a database, and every change of one
/// with who made it and when. At most one version of a predictor is active: the database sees to it. Of a predictor that the registry
/// knows nothing but the active version answers; of others the newest artifact that fits the code does, so that git alone is enough.
public struct ModelRegistry: Sendable {
    /// Where a version stands.
    public enum State: String, Sendable, CaseIterable {
        /// Trained, and waiting for someone to approve it.
        case pending
        /// The one that answers.
        case active
        /// Was active, and can be again.
        case retired
        /// Will not be used.
        case rejected
    }

    /// A version and where it stands.
    public struct Version: Hashable, Sendable {
        public let predictor: String
        public let version: String
        public let state: State
        public let changedAt: Date
        public let changedBy: String
        public let note: String?
    }

    let database: any SQLDatabase
    private let clock: @Sendable () -> Date

    /// A registry in a database, whose two tables are made when they are first needed.
    public init(_ database: any SQLDatabase, clock: @escaping @Sendable () -> Date = { Date() }) {
        self.database = database
        self.clock = clock
    }
}

extension [ModelRegistry.Version] {
    /// Of the versions of one predictor the one that answers.
    package var active: String? { first { $0.state == .active }?.version }
}

// MARK: - Looking

extension ModelRegistry {
    /// The versions of a predictor, or of all, oldest first.
    public func versions(of predictor: String? = nil) async throws -> [Version] {
        try await prepare()
        return try await database.withConnection(for: .read) { try await Self.versions(of: predictor, on: $0) }
    }

    /// The version that answers; nil if none is active.
    public func activeVersion(of predictor: String) async throws -> String? {
        try await versions(of: predictor).active
    }

    static func versions(of predictor: String?, on connection: any SQLConnection) async throws -> [Version] {
        let columns = "predictor, version, state, changed_at, changed_by, note"
        let condition = predictor == nil ? "" : " WHERE predictor = \(connection.dialect.placeholder(1))"
        let statement = SQLStatement(
            "SELECT \(columns) FROM prisml_versions\(condition) ORDER BY predictor, position", bindings: predictor.map { [.text($0)] } ?? []
        )
        return try await connection.query(statement) { rows in
            var versions: [Version] = []
            while var row = try rows.next() {
                let (predictor, version, state) = (try row.string(), try row.string(), try row.string())
                versions.append(
                    Version(
                        predictor: predictor, version: version, state: State(rawValue: state) ?? .rejected,
                        changedAt: Date(timeIntervalSince1970: Double(try row.int64()) / 1000), changedBy: try row.string(),
                        note: try row.stringIfPresent()))
            }
            return versions
        }
    }
}

// MARK: - Changing

extension ModelRegistry {
    /// Makes a trained version known: active if the predictor has no active one and `activates`, else pending.
    public func add(_ version: String, of predictor: String, by who: String, activates: Bool = false) async throws {
        try await change(predictor, by: who, note: nil) { connection, versions, move in
            guard !versions.contains(where: { $0.version == version }) else { return }
            try await insert(version, of: predictor, at: versions.count, by: who, on: connection)
            if activates, !versions.contains(where: { $0.state == .active }) { try await move(version, .active) }
        }
    }

    /// Makes versions known that lie in a predictor's folder.
    ///
    /// A registry that did not know the predictor takes down how things stood without it: the version that answers is active, those
    /// before it are retired. In one that knew it what is new waits as pending.
    ///
    /// - Parameters:
    ///   - names: all versions, oldest first.
    ///   - answering: the one of them that answers where no registry says otherwise.
    package func adopt(_ names: [String], answering: String?, of predictor: String, by who: String) async throws {
        try await change(predictor, by: who, note: nil) { connection, versions, move in
            var position = versions.count
            let place = versions.isEmpty ? answering.flatMap(names.firstIndex) ?? 0 : 0
            for (index, name) in names.enumerated() where !versions.contains(where: { $0.version == name }) {
                let note = index < place ? Self.adopted : nil
                try await insert(name, index < place ? .retired : .pending, note, of: predictor, at: position, by: who, on: connection)
                position += 1
            }
            if versions.isEmpty, let answering, names.contains(answering) { try await move(answering, .active) }
        }
    }

    /// What is noted of a version that was there before the registry knew the predictor, and so may have answered.
    private static let adopted = "here before the registry"

    private func insert(
        _ version: String, _ state: State = .pending, _ note: String? = nil, of predictor: String, at position: Int, by who: String,
        on connection: any SQLConnection
    ) async throws {
        try await connection.execute(
            SQLStatement(
                "INSERT INTO prisml_versions (predictor, version, position, state, changed_at, changed_by, note) VALUES ("
                    + (1...7).map { connection.dialect.placeholder($0) }.joined(separator: ", ") + ")",
                bindings: [
                    .text(predictor), .text(version), .int(Int64(position)), .text(state.rawValue), .int(now), .text(who),
                    note.map(SQLValue.text) ?? .null,
                ]))
    }

    /// Makes a version the one that answers; the one that was before is retired.
    public func activate(_ version: String, of predictor: String, by who: String, note: String? = nil) async throws {
        try await change(predictor, by: who, note: note) { _, versions, move in
            let found = try Self.found(version, in: versions, predictor)
            guard found.state != .active else { return }
            guard found.state != .rejected else {
                throw PredictorError(
                    .invalidState, predictor: predictor, "The version \(version) was rejected by \(found.changedBy).",
                    help: "Approve it first, or train a new one.")
            }
            // The old one first: the database allows one active version at any time.
            if let active = versions.first(where: { $0.state == .active }) { try await move(active.version, .retired) }
            try await move(version, .active)
        }
    }

    /// Says that a pending or rejected version may be used; it answers if the predictor has no active one.
    public func approve(_ version: String, of predictor: String, by who: String, note: String? = nil) async throws {
        try await change(predictor, by: who, note: note) { _, versions, move in
            let found = try Self.found(version, in: versions, predictor)
            guard found.state == .pending || found.state == .rejected else { return }
            try await move(version, versions.contains { $0.state == .active } ? .retired : .active)
        }
    }

    /// Says that a version must not be used; the active one cannot be rejected.
    public func reject(_ version: String, of predictor: String, by who: String, note: String? = nil) async throws {
        try await change(predictor, by: who, note: note) { _, versions, move in
            let found = try Self.found(version, in: versions, predictor)
            guard found.state != .active else {
                throw PredictorError(
                    .invalidState, predictor: predictor, "The version \(version) is the one that answers.",
                    help: "Roll back or activate another one first.")
            }
            try await move(version, .rejected)
        }
    }

    /// Goes back to the version that was active before; gives its name.
    ///
    /// - Parameter check: throws where that version cannot answer; nothing is changed then.
    @discardableResult
    public func rollBack(
        _ predictor: String, by who: String, note: String? = nil, check: @Sendable (_ version: String) throws -> Void = { _ in }
    ) async throws -> String {
        try await change(predictor, by: who, note: note) { connection, versions, move in
            guard let active = versions.first(where: { $0.state == .active }) else {
                throw PredictorError(
                    .invalidState, predictor: predictor, "No version is active.", help: "Activate one: `prisml models activate`.")
            }
            let statement = SQLStatement(
                """
                SELECT version FROM prisml_events WHERE predictor = \(connection.dialect.placeholder(1)) AND state = 'active' \
                AND version <> \(connection.dialect.placeholder(2)) ORDER BY id DESC
                """, bindings: [.text(predictor), .text(active.version)])
            let answered = try await connection.query(statement) { rows in
                var names: [String] = []
                while var row = try rows.next() { names.append(try row.string()) }
                return names
            }
            let before = answered.first { name in versions.contains { $0.version == name && $0.state == .retired } }
            // Nothing says which of those answered that were there before the registry: the last one most likely did.
            let adopted = versions.last { $0.state == .retired && $0.note == Self.adopted }?.version
            guard let previous = before ?? adopted else {
                throw PredictorError(
                    .invalidState, predictor: predictor, "No version was active before \(active.version).",
                    help: "`prisml models list` shows what there is.")
            }
            try check(previous)
            try await move(active.version, .retired)
            try await move(previous, .active)
            return previous
        }
    }

    private static func found(_ version: String, in versions: [Version], _ predictor: String) throws(PredictorError) -> Version {
        guard let found = versions.first(where: { $0.version == version }) else {
            throw PredictorError(
                .invalidState, predictor: predictor, "The registry has no version \(version).",
                help: versions.isEmpty ? "Train the predictor first." : "It has " + versions.map(\.version).joined(separator: ", ") + ".")
        }
        return found
    }

    private var now: Int64 { Int64((clock().timeIntervalSince1970 * 1000).rounded()) }

    private typealias Move = @Sendable (_ version: String, _ state: State) async throws -> Void

    /// Runs a change in one transaction; each move of a version is an event.
    private func change<Result: Sendable>(
        _ predictor: String, by who: String, note: String?,
        _ body: @Sendable (any SQLConnection, [Version], Move) async throws -> Result
    ) async throws -> Result {
        try await prepare()
        let now = now
        return try await database.withConnection(for: .write) { connection in
            let mark = connection.dialect.placeholder
            try await connection.executeScript(
                connection.dialect == .sqlite
                    ? "BEGIN IMMEDIATE" : "BEGIN; LOCK TABLE prisml_versions IN SHARE ROW EXCLUSIVE MODE")
            do {
                let result = try await body(connection, try await Self.versions(of: predictor, on: connection)) { version, state in
                    let noted: SQLValue = note.map(SQLValue.text) ?? .null
                    try await connection.execute(
                        SQLStatement(
                            """
                            UPDATE prisml_versions SET state = \(mark(1)), changed_at = \(mark(2)), changed_by = \(mark(3)), note = \(mark(4)) \
                            WHERE predictor = \(mark(5)) AND version = \(mark(6))
                            """,
                            bindings: [.text(state.rawValue), .int(now), .text(who), noted, .text(predictor), .text(version)]))
                    try await connection.execute(
                        SQLStatement(
                            """
                            INSERT INTO prisml_events (predictor, version, state, changed_at, changed_by, note) \
                            VALUES (\(mark(1)), \(mark(2)), \(mark(3)), \(mark(4)), \(mark(5)), \(mark(6)))
                            """,
                            bindings: [.text(predictor), .text(version), .text(state.rawValue), .int(now), .text(who), noted]))
                }
                try await connection.executeScript("COMMIT")
                return result
            } catch {
                await Task { try? await connection.executeScript("ROLLBACK") }.value
                throw error
            }
        }
    }

    /// Whether the tables are there.
    func exists() async throws -> Bool {
        try await database.withConnection(for: .write) { try await SystemTable.exists("prisml_events", on: $0) }
    }

    /// Makes the tables where they are not there.
    private func prepare() async throws {
        let id = database.dialect == .sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGSERIAL PRIMARY KEY"
        try await database.withConnection(for: .write) { connection in
            guard try await !SystemTable.exists("prisml_events", on: connection) else { return }
            try await SystemTable.create(
                """
                CREATE TABLE IF NOT EXISTS prisml_versions (
                  predictor TEXT NOT NULL, version TEXT NOT NULL, position INTEGER NOT NULL,
                  state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retired', 'rejected')),
                  changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL, note TEXT, PRIMARY KEY (predictor, version));
                CREATE UNIQUE INDEX IF NOT EXISTS prisml_one_active ON prisml_versions (predictor) WHERE state = 'active';
                CREATE TABLE IF NOT EXISTS prisml_events (
                  id \(id), predictor TEXT NOT NULL, version TEXT NOT NULL, state TEXT NOT NULL,
                  changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL, note TEXT);
                """, on: connection)
        }
    }
}
