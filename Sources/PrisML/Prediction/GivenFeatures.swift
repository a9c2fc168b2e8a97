import Prisma
import PrismaSchema

extension PredictorDefinition {
    /// Features that were given by name, in the definition's order; one error names all that is wrong with them.
    func values(of given: [String: JSON], schema: Schema) throws(PredictorError) -> [SQLValue] {
        var problems: [String] = []
        let names = Set(features.map(\.name))
        let missing = features.map(\.name).filter { given[$0] == nil }
        let unknown = given.keys.filter { !names.contains($0) }.sorted()
        if !missing.isEmpty { problems.append("missing: " + missing.joined(separator: ", ")) }
        if !unknown.isEmpty { problems.append("not in the definition: " + unknown.joined(separator: ", ")) }
        var values: [SQLValue] = []
        for feature in features {
            guard let json = given[feature.name] else { continue }
            if let value = feature.value(json, schema: schema) {
                values.append(value)
            } else {
                problems.append("\"\(feature.name)\" cannot be \(json.text): it is \(feature.expectation(schema))")
            }
        }
        guard problems.isEmpty else {
            throw PredictorError(
                .invalidFeatures, predictor: name, "The features that were given do not fit: \(problems.joined(separator: "; ")).",
                help: "Give each feature by its name, null for a value that is missing.")
        }
        return values
    }
}

extension Feature {
    /// Nil if the value is of another kind.
    fileprivate func value(_ json: JSON, schema: Schema) -> SQLValue? {
        if json == .null { return .null }
        switch node.type {
        case .string: return json.string.map(SQLValue.text)
        case .enumeration(let name):
            guard let text = json.string, let values = schema.enumeration(named: name)?.values else { return nil }
            return (values.first { $0.name == text } ?? values.first { $0.databaseName == text }).map { .text($0.databaseName) }
        case .bool:
            if case .bool(let value) = json { return .bool(value) }
            return nil
        default:
            if let whole = json.int { return .int(whole) }
            return json.double.map(SQLValue.double)
        }
    }

    fileprivate func expectation(_ schema: Schema) -> String {
        switch node.type {
        case .string: "text"
        case .bool: "true or false"
        case .enumeration(let name):
            "one of " + (schema.enumeration(named: name)?.values.map(\.name).joined(separator: ", ") ?? "an enum's values")
        default: "a number"
        }
    }
}
