/// The validators that look at the whole draft; each adds what it finds to the report.
enum Rules {
    typealias Check = @Sendable (Draft, inout Report) -> Void

    static let all: [Check] = [
        RelationRules.check
    ]
}
