/// A group of measurements that belong together. A new suite is a file in `Suites` and a line in `Suite.all`.
struct Suite: Sendable {
    let name: String
    let summary: String
    let body: @Sendable (inout Runner) async throws -> Void

    init(_ name: String, _ summary: String, body: @escaping @Sendable (inout Runner) async throws -> Void) {
        self.name = name
        self.summary = summary
        self.body = body
    }
}
