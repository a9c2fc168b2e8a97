import Prisma
import PrismaSchema

/// The features of a predictor compiled for rows in hand: closures over a record's fields, no names, no SQL.
struct FeatureProgram<Model: Record>: Sendable {
    private let predictor: String
    private let features: [Feature]
    private let steps: [Step]
    private let rowCount: Int
    /// The features that need related rows, each with the relations.
    private let relational: [(feature: String, relations: [String])]

    /// How a feature's value comes about.
    private enum Step: Sendable {
        case expression(CompiledExpression)
        /// The values that code reads, and the code.
        case code([CompiledExpression], FeatureComputation)
    }

    init(_ definition: PredictorDefinition, schema: Schema) throws(PredictorError) {
        predictor = definition.name
        features = definition.features
        let places = FieldPlaces(of: schema)
        var steps: [Step] = []
        var rowCount = 1
        var relational: [(feature: String, relations: [String])] = []
        for feature in definition.features {
            do throws(PrismaError) {
                var expressions: [CompiledExpression] = []
                for node in feature.selections { expressions.append(try CompiledExpression(node, on: definition.model, in: places)) }
                rowCount = expressions.reduce(rowCount) { max($0, $1.rowCount) }
                if let computation = feature.computation {
                    steps.append(.code(expressions, computation))
                } else if let expression = expressions.first {
                    steps.append(.expression(expression))
                }
            } catch {
                throw PredictorError(
                    .needsMore, predictor: definition.name,
                    "The feature \"\(feature.name)\" cannot be computed from a row in hand: \(error.message)",
                    help:
                        "Let the database compute it: `prisma.predict(\(definition.name), ids: [\u{2026}])`, or include the predictor in a query."
                )
            }
            let relations = ExpressionDependencies([feature.node]).relations.sorted().map { "\($0.model).\($0.field)" }
            if !relations.isEmpty { relational.append((feature.name, relations)) }
        }
        self.steps = steps
        self.relational = relational
        self.rowCount = rowCount
    }

    /// Throws where the features need more than a row's own columns.
    func requireOwnColumns() throws(PredictorError) {
        guard !relational.isEmpty else { return }
        let names = relational.map { "\"\($0.feature)\" reads \($0.relations.joined(separator: " and "))" }.joined(separator: ", ")
        throw PredictorError(
            .needsMore, predictor: predictor, "A row in hand does not have what the features need: \(names).",
            help:
                "Give the related rows: `predict(RecordRow(row).with(\\.relation, rows))`, or let the database read them: `prisma.predict(\(predictor), ids: [\u{2026}])`."
        )
    }

    func makeContext(_ row: any EvaluationRow, now: Int64) -> EvaluationContext {
        EvaluationContext(row, now: now, rowCount: rowCount)
    }

    /// Writes the encoded features of the row that the context is about.
    func encode(
        _ context: inout EvaluationContext, with loaded: LoadedPredictor, into target: UnsafeMutablePointer<Float>
    ) throws(PredictorError) {
        var position = target
        for index in steps.indices {
            do throws(PrismaError) {
                try loaded.encoders[index].encode(try value(of: steps[index], in: &context), into: position)
            } catch {
                throw loaded.unreadable(features[index].name, error)
            }
            position += loaded.encoders[index].width
        }
    }
}

extension FeatureProgram {
    private func value(of step: Step, in context: inout EvaluationContext) throws(PrismaError) -> SQLValue {
        switch step {
        case .expression(let expression): return try expression.value(in: &context)
        case .code(let expressions, let computation):
            var values: [SQLValue] = []
            for expression in expressions { values.append(try expression.value(in: &context)) }
            return try values.asRow { (row) throws(PrismaError) in try computation.body(&row).map(SQLValue.double) ?? .null }
        }
    }
}

extension FeatureEncoder {
    /// Writes `width` numbers for a value, as the next column of a row with that value would give them.
    func encode(_ value: SQLValue, into target: UnsafeMutablePointer<Float>) throws(PrismaError) {
        guard case .number = method else {
            switch value {
            case .null: encode(nil as String?, into: target)
            case .text(let text): encode(text, into: target)
            default: throw Self.unfit(value, "text")
            }
            return
        }
        let number: Float
        switch value {
        case .null: number = .nan
        case .int(let value): number = Float(value)
        case .double(let value): number = Float(value)
        case .bool(let value): number = value ? 1 : 0
        case .decimal(let value): number = Float(Double("\(value)") ?? .nan)
        default: throw Self.unfit(value, "a number")
        }
        target[0] = number.isNaN ? null : number
    }

    private static func unfit(_ value: SQLValue, _ wanted: String) -> PrismaError {
        PrismaError(.invalidStoredValue, "It should be \(wanted).", help: "Correct the value, or the feature's expression.")
    }
}

/// A record where expressions are evaluated; one is used for row after row.
///
/// Sendable because it is in one place at a time: in a pool, or with the one task that took it out of there.
final class RecordBox<Model: Record>: EvaluationRow, @unchecked Sendable {
    var record: Model?

    func value(at place: Int) -> SQLValue { record?.value(at: place) ?? .null }

    func related(by field: String) throws(PrismaError) -> [any EvaluationRow] {
        throw PrismaError(
            .invalidExpression, "The row in hand has no rows of \(Model.modelName).\(field).", model: Model.modelName, fields: [field])
    }
}

/// The values of a row that is not saved yet; what the database will make is not known.
struct UnsavedRow: EvaluationRow {
    private let model: String
    private let fields: [String]
    private let values: [SQLValue?]

    init(_ input: some CreateInput, of model: PrismaSchema.Model, defaults: DefaultValues) {
        var given = CreateValues()
        input.write(to: &given)
        self.model = model.name
        fields = model.recordFields.map(\.name)
        // A row that is connected brings its key when this one is saved.
        let connected = Set(
            given.relations.flatMap { write in model.fields.first { $0.name == write.field }?.relation?.fields ?? [] })
        values = model.recordFields.map { field in
            if connected.contains(field.name) { return nil }
            return given.value(of: field.name) ?? defaults.value(for: field)
                ?? (field.arity == .optional && field.default == nil ? .null : nil)
        }
    }

    func value(at place: Int) throws(PrismaError) -> SQLValue {
        guard let value = values[place] else {
            throw PrismaError(
                .invalidExpression, "\(model).\(fields[place]) is given by the database when the row is saved.", model: model,
                fields: [fields[place]], help: "Set the field, or save the row and predict by its id.")
        }
        return value
    }

    func related(by field: String) throws(PrismaError) -> [any EvaluationRow] { [] }
}
