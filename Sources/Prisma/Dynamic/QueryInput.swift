internal import PrismaSchema

/// A value of a request and the place where it stands, so that an error can name it: `where.email.contains`.
struct QueryInput {
    let json: JSON
    let path: String
    let model: String?

    init(_ json: JSON, path: String = "", model: String? = nil) {
        self.json = json
        self.path = path
        self.model = model
    }

    /// The member of an object; nil where there is none.
    func member(_ name: String) -> QueryInput? {
        json[name].map { QueryInput($0, path: child(name), model: model) }
    }

    /// The same value, of another model's row.
    func of(_ model: String) -> QueryInput { QueryInput(json, path: path, model: model) }

    private func child(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

    var isNull: Bool { json.isNull }

    /// The elements of an array, or the value itself as the only one.
    var elements: [QueryInput] {
        guard let array = json.array else { return [self] }
        return array.enumerated().map { QueryInput($0.element, path: "\(path)[\($0.offset)]", model: model) }
    }

    func invalid(_ message: String, help: String? = nil) -> PrismaError {
        PrismaError(.validationFailed, path.isEmpty ? message : "`\(path)`: \(message)", model: model, help: help)
    }

    /// What the value is, for errors.
    var kind: String {
        switch json {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    func mismatch(_ wanted: String) -> PrismaError { invalid("this should be \(wanted), not \(kind).") }

    /// The names in an object, all of which must be known.
    @discardableResult
    func names(_ known: some Sequence<String>) throws(PrismaError) -> Set<String> {
        guard let object = json.object else { throw mismatch("an object") }
        let known = Set(known)
        for name in object.keys.sorted() where !known.contains(name) { throw unknown(name, among: known.sorted()) }
        return Set(object.keys)
    }

    func unknown(_ name: String, among known: [String]) -> PrismaError {
        let guess = Suggestion.closest(to: name, in: known)
        return PrismaError(
            .validationFailed, "`\(child(name))` is unknown\(guess.map { "; did you mean `\($0)`?" } ?? ".")", model: model,
            help: known.isEmpty ? "Nothing can be given here." : "Known here: \(known.prefix(40).joined(separator: ", ")).")
    }

    func string() throws(PrismaError) -> String {
        guard let text = json.string else { throw mismatch("a string") }
        return text
    }

    func bool() throws(PrismaError) -> Bool {
        guard let value = json.bool else { throw mismatch("true or false") }
        return value
    }

    func int() throws(PrismaError) -> Int {
        guard let value = json.int.flatMap({ Int(exactly: $0) }) else { throw mismatch("a whole number") }
        return value
    }

    /// One of some words.
    func word(_ words: [String]) throws(PrismaError) -> String {
        let text = try string()
        guard words.contains(text) else {
            throw invalid("this should be \(words.map { "\"\($0)\"" }.joined(separator: " or ")).")
        }
        return text
    }
}
