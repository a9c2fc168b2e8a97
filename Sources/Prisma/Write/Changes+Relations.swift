extension Changes {
    /// What is done to the rows of a relation: `$0.orders.create(…)`.
    public subscript<Target: Record>(dynamicMember relation: KeyPath<Model.Columns, ToMany<Target>>) -> LinksChanges<Target> {
        get { LinksChanges() }
        set { append(Model.columns[keyPath: relation].field, newValue.operations) }
    }

    /// What is done to the row at the other end: `$0.author.connect { $0.id == 3 }`.
    public subscript<Target: Record>(
        dynamicMember relation: KeyPath<Model.Columns, ToOne<Target>>
    ) -> LinkChanges<Target, RequiredLink> {
        get { LinkChanges() }
        set { append(Model.columns[keyPath: relation].field, newValue.operations) }
    }

    /// What is done to the row at the other end, if there is one: `$0.profile.disconnect()`.
    public subscript<Target: Record>(
        dynamicMember relation: KeyPath<Model.Columns, ToOptional<Target>>
    ) -> LinkChanges<Target, OptionalLink> {
        get { LinkChanges() }
        set { append(Model.columns[keyPath: relation].field, newValue.operations) }
    }
}

/// What an update does to the rows of a relation, in the order in which it is written.
///
/// ```swift
/// try await prisma.post.update(where: { $0.id == id }) {
///     $0.tags.set([{ $0.default == "swift" }])
///     $0.tags.connectOrCreate(where: { $0.default == "new" }, create: .init(default: "new"))
/// }
/// ```
public struct LinksChanges<Target: Record> {
    package private(set) var operations: [NestedWrite] = []

    public typealias Condition = (Target.Columns) -> RowExpression<Bool>

    private static func node(_ condition: Condition?) -> ExpressionNode? { condition?(Target.columns).node }

    private static func node(_ condition: Condition) -> ExpressionNode { condition(Target.columns).node }

    /// A new row.
    public mutating func create(_ data: Target.Create) { create([data]) }

    /// New rows, one statement for each; they may have relations of their own.
    public mutating func create(_ data: [Target.Create]) { operations += Links<Target>.create(data).operations }

    /// New rows in as few statements as possible; they have no relations of their own.
    public mutating func createMany(_ data: [Target.Create], skipDuplicates: Bool = false) {
        operations += Links<Target>.createMany(data, skipDuplicates: skipDuplicates).operations
    }

    /// The row with a unique key; `P2018` where there is none.
    public mutating func connect(where condition: Condition) { operations.append(.connect(Self.node(condition))) }

    /// The row with a unique key, or a new one where there is none.
    public mutating func connectOrCreate(where condition: Condition, create data: Target.Create) {
        operations.append(.connectOrCreate(Self.node(condition), data.plan(Target.modelName)))
    }

    /// Takes the row with a unique key out of the relation; `P2014` if it cannot stand alone.
    public mutating func disconnect(where condition: Condition) { operations.append(.disconnect(Self.node(condition))) }

    /// Makes these the relation's rows, each by a unique key.
    public mutating func set(_ conditions: [Condition]) { operations.append(.set(conditions.map { Self.node($0) })) }

    /// Changes the row with a unique key; `P2025` where there is none, `P2017` where it is not connected.
    public mutating func update(where condition: Condition, _ change: (inout Changes<Target>) -> Void) {
        operations.append(.update(Self.node(condition), Changes.plan(change)))
    }

    /// Changes all connected rows that match.
    public mutating func updateMany(where condition: Condition? = nil, _ change: (inout Changes<Target>) -> Void) {
        operations.append(.updateMany(Self.node(condition), Changes.plan(change)))
    }

    /// Changes the connected row with a unique key, or makes one where there is none.
    public mutating func upsert(where condition: Condition, create data: Target.Create, update change: (inout Changes<Target>) -> Void) {
        operations.append(.upsert(Self.node(condition), create: data.plan(Target.modelName), update: Changes.plan(change)))
    }

    /// Removes the connected row with a unique key; `P2025` where there is none, `P2017` where it is not connected.
    public mutating func delete(where condition: Condition) { operations.append(.delete(Self.node(condition))) }

    /// Removes all connected rows that match.
    public mutating func deleteMany(where condition: Condition? = nil) { operations.append(.deleteMany(Self.node(condition))) }
}

/// A row that must be there.
public enum RequiredLink {}

/// A row that need not be there.
public enum OptionalLink {}

/// What an update does to the row at the other end of a relation.
public struct LinkChanges<Target: Record, Presence> {
    package private(set) var operations: [NestedWrite] = []

    public typealias Condition = (Target.Columns) -> RowExpression<Bool>

    /// A new row in the place of the one that is there.
    public mutating func create(_ data: Target.Create) { operations.append(.create(data.plan(Target.modelName))) }

    /// The row with a unique key in the place of the one that is there; `P2025` where there is none.
    public mutating func connect(where condition: Condition) { operations.append(.connect(condition(Target.columns).node)) }

    /// The row with a unique key, or a new one where there is none.
    public mutating func connectOrCreate(where condition: Condition, create data: Target.Create) {
        operations.append(.connectOrCreate(condition(Target.columns).node, data.plan(Target.modelName)))
    }

    /// Changes the row; `P2025` where there is none, or where it does not match.
    public mutating func update(where condition: Condition? = nil, _ change: (inout Changes<Target>) -> Void) {
        operations.append(.update(condition?(Target.columns).node, Changes.plan(change)))
    }

    /// Changes the row, or makes one where there is none.
    public mutating func upsert(create data: Target.Create, update change: (inout Changes<Target>) -> Void) {
        operations.append(.upsert(nil, create: data.plan(Target.modelName), update: Changes.plan(change)))
    }
}

extension LinkChanges where Presence == OptionalLink {
    /// Takes the row out of the relation, if there is one; `P2014` if it cannot stand alone.
    public mutating func disconnect(where condition: Condition? = nil) {
        operations.append(.disconnect(condition?(Target.columns).node))
    }

    /// Removes the row; `P2025` where there is none.
    public mutating func delete(where condition: Condition? = nil) {
        operations.append(.delete(condition?(Target.columns).node))
    }
}
