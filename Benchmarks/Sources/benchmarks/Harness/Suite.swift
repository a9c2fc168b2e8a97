/// A group of measurements that belong together. A new suite is a file in `Suites` and a line in `Suite.all`.
struct Suite: Sendable {
    let name: String
    let summary: String
    /// What its measurements are wanted to reach.
    let targets: [Target]
    let body: @Sendable (inout Runner) async throws -> Void

    init(_ name: String, _ summary: String, targets: [Target] = [], body: @escaping @Sendable (inout Runner) async throws -> Void) {
        self.targets = targets
        self.name = name
        self.summary = summary
        self.body = body
    }

    var withoutTargets: Suite { Suite(name, summary, body: body) }
}
