/// The arguments of an attribute or a function, bound to the parameters that it has.
struct Arguments {
    /// With `name` and `suffix`, what messages call the owner: `@relation`.
    let prefix: String
    let name: Span
    let suffix: String
    let place: Place
    private(set) var values: [(name: String, syntax: ArgumentSyntax)] = []
    /// Whether an argument could not be read, so that one may seem to be missing.
    var isDamaged = false

    subscript(name: String) -> ExpressionSyntax? {
        values.first { $0.name == name }?.syntax.value
    }

    mutating func bind(_ name: String, _ syntax: ArgumentSyntax) -> Bool {
        if values.contains(where: { $0.name == name }) { return false }
        values.append((name, syntax))
        return true
    }
}
