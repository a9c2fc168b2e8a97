/// The values of a new row; generated for each model, so that a required field that is missing does not compile.
public protocol CreateInput: Sendable {
    func write(to values: inout CreateValues)
}

/// Collects the values of a new row, by field.
public struct CreateValues: Sendable {
    package private(set) var fields: [String: SQLValue] = [:]

    package init() {}

    /// Sets a field; called by generated code.
    public mutating func set(_ field: String, _ value: some ColumnValue) {
        fields[field] = value.sqlValue
    }

    /// Sets a field that has a default, or that may stay empty, if there is a value.
    public mutating func set(_ field: String, ifPresent value: (some ColumnValue)?) {
        if let value { fields[field] = value.sqlValue }
    }

    package mutating func set(_ field: String, raw value: SQLValue) {
        fields[field] = value
    }
}
