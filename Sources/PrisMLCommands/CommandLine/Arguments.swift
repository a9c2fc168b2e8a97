/// The values that a command was given, read through its parameters: `try arguments[schema]`.
struct Arguments: Sendable {
    /// By label.
    let given: [String: Given]

    /// The value of a parameter; reading one that the command does not declare is a defect.
    subscript<Value>(parameter: Parameter<Value>) -> Value {
        get throws(CommandError) {
            guard let given = given[parameter.declaration.label] else {
                throw CommandError(.defect, "the command reads \(parameter.declaration.label) but does not declare it")
            }
            return try parameter.read(given)
        }
    }
}
