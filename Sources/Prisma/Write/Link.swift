/// The row at the other end of a relation of a new row.
///
/// ```swift
/// try await prisma.order.create(.init(total: 100, user: .connect { $0.email == "ann@example.com" }))
/// try await prisma.user.create(.init(email: "ann@example.com", profile: .create(.init(bio: "likes trees", user: .parent))))
/// ```
public struct Link<Target: Record>: Sendable {
    package let operation: NestedWrite

    public typealias Condition = (Target.Columns) -> RowExpression<Bool>

    /// The row that this create is nested in.
    public static var parent: Link { Link(operation: .parent) }

    /// A new row.
    public static func create(_ data: Target.Create) -> Link { Link(operation: .create(data.plan(Target.modelName))) }

    /// The row with a unique key; `P2025` where there is none.
    public static func connect(where condition: Condition) -> Link { Link(operation: .connect(condition(Target.columns).node)) }

    /// The row with a unique key, or a new one where there is none.
    public static func connectOrCreate(where condition: Condition, create data: Target.Create) -> Link {
        Link(operation: .connectOrCreate(condition(Target.columns).node, data.plan(Target.modelName)))
    }
}

/// The rows at the other end of a relation of a new row: one operation, or an array of several.
///
/// ```swift
/// try await prisma.post.create(.init(title: "Hello", tags: [.connect { $0.id == 1 }, .create(.init(default: "new"))]))
/// ```
public struct Links<Target: Record>: Sendable, ExpressibleByArrayLiteral {
    package let operations: [NestedWrite]

    public typealias Condition = (Target.Columns) -> RowExpression<Bool>

    package init(_ operations: [NestedWrite]) {
        self.operations = operations
    }

    public init(arrayLiteral elements: Links...) {
        operations = elements.flatMap(\.operations)
    }

    /// A new row.
    public static func create(_ data: Target.Create) -> Links { create([data]) }

    /// New rows, one statement for each; they may have relations of their own.
    public static func create(_ data: [Target.Create]) -> Links { Links(data.map { .create($0.plan(Target.modelName)) }) }

    /// New rows in as few statements as possible; they have no relations of their own.
    public static func createMany(_ data: [Target.Create], skipDuplicates: Bool = false) -> Links {
        Links([.createMany(data.map { $0.plan(Target.modelName) }, skipDuplicates: skipDuplicates)])
    }

    /// The row with a unique key; `P2018` where there is none.
    public static func connect(where condition: Condition) -> Links { Links([.connect(condition(Target.columns).node)]) }

    /// The row with a unique key, or a new one where there is none.
    public static func connectOrCreate(where condition: Condition, create data: Target.Create) -> Links {
        Links([.connectOrCreate(condition(Target.columns).node, data.plan(Target.modelName))])
    }
}
