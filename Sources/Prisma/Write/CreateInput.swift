/// The values of a new row; generated for each model, so that a required field that is missing does not compile.
public protocol CreateInput: Sendable {
    func write(to values: inout CreateValues)
}

/// Collects the values of a new row, by field.
public struct CreateValues: Sendable {
    /// In the order in which they were set. A field that was set again is here again, and the last counts.
    private(set) var entries: [(field: String, value: SQLValue)] = []
    package private(set) var relations: [RelationWrite] = []

    package init() {
        entries.reserveCapacity(8)
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        relations.removeAll()
    }

    /// The value of a field, if it was set.
    package func value(of field: String) -> SQLValue? {
        entries.last { $0.field == field }?.value
    }

    /// Sets a field; called by generated code.
    public mutating func set(_ field: String, _ value: some ColumnValue) {
        entries.append((field, value.sqlValue))
    }

    /// Sets a field that has a default, or that may stay empty, if there is a value.
    public mutating func set(_ field: String, ifPresent value: (some ColumnValue)?) {
        if let value { entries.append((field, value.sqlValue)) }
    }

    /// Says what stands at the other end of a relation to one row; called by generated code.
    public mutating func link<Target: Record>(_ field: String, _ link: Link<Target>?) {
        if let link { relations.append(RelationWrite(field, [link.operation])) }
    }

    /// Says what stands at the other end of a relation to many rows; called by generated code.
    public mutating func links<Target: Record>(_ field: String, _ links: Links<Target>?) {
        if let links { relations.append(RelationWrite(field, links.operations)) }
    }

    package mutating func set(_ field: String, raw value: SQLValue) {
        entries.append((field, value))
    }

    package mutating func add(_ write: RelationWrite) {
        relations.append(write)
    }
}

extension CreateInput {
    package func plan(_ model: String) -> CreatePlan {
        var values = CreateValues()
        write(to: &values)
        return CreatePlan(model: model, values: values)
    }
}
