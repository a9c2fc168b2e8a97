import Prisma
import PrismaSchema

/// The features of a predictor compiled for rows in hand, and for one worker: numbers of the row's own columns as a program, its texts by
/// their fields, the rest as closures over a record's fields; no names, no SQL.
struct FeatureProgram: Sendable {
    let plan: FeaturePlan
    private let predictor: String
    /// Where the program's columns are among the record's fields.
    private let places: [Int]
    private let texts: [Text]
    private let others: [(step: Step, encoder: FeatureEncoder, column: Int)]
    private let rowCount: Int
    /// Whether any feature depends on the instant.
    let readsNow: Bool
    /// The features that need related rows, each with the relations.
    private let relational: [(feature: String, relations: [String])]

    /// A feature that is a field as it stands.
    private final class Text: Sendable {
        let place: Int
        let encoder: FeatureEncoder
        let column: Int

        init(_ place: Int, _ encoder: FeatureEncoder, _ column: Int) {
            (self.place, self.encoder, self.column) = (place, encoder, column)
        }

        /// Encodes the value where the encoder is: a copy of it would count what it refers to.
        func encode(_ value: SQLValue, into target: UnsafeMutablePointer<Float>) throws(PrismaError) {
            try encoder.encode(value, into: target + column)
        }
    }

    /// How a feature's value comes about.
    private enum Step: Sendable {
        case expression(CompiledExpression)
        /// The values that code reads, and the code.
        case code([CompiledExpression], FeatureComputation)
    }

    init(_ definition: PredictorDefinition, schema: Schema, encoders: [FeatureEncoder]) throws(PredictorError) {
        predictor = definition.name
        let fields = FieldPlaces(of: schema)
        // What cannot be computed in hand at all is said first, whatever can be part of a program.
        var rowCount = 1
        var relational: [(feature: String, relations: [String])] = []
        for feature in definition.features {
            for expression in try Self.compiled(feature, definition, fields) { rowCount = max(rowCount, expression.rowCount) }
            let relations = ExpressionDependencies([feature.node]).relations.sorted().map { "\($0.model).\($0.field)" }
            if !relations.isEmpty { relational.append((feature.name, relations)) }
        }
        self.relational = relational
        self.rowCount = rowCount
        guard let model = schema.model(named: definition.model) else {
            throw PredictorError(
                .needsMore, predictor: definition.name, "The schema has no model \(definition.model).", help: "Run `prisml generate`.")
        }
        plan = FeaturePlan(definition, encoders, on: model, readsTexts: true)
        let own = Dictionary(model.recordFields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        places = plan.program.loads.map { own[$0.field] ?? 0 }
        var texts: [Text] = []
        var others: [(step: Step, encoder: FeatureEncoder, column: Int)] = []
        for other in plan.others {
            if other.feature.computation == nil, case .column(let column) = other.feature.node, let place = own[column.field] {
                texts.append(Text(place, other.encoder, other.column))
                continue
            }
            let expressions = try Self.compiled(other.feature, definition, fields)
            if let computation = other.feature.computation {
                others.append((.code(expressions, computation), other.encoder, other.column))
            } else if let expression = expressions.first {
                others.append((.expression(expression), other.encoder, other.column))
            }
        }
        self.texts = texts
        self.others = others
        readsNow = definition.features.contains { ExpressionDependencies($0.selections).readsNow }
    }

    private static func compiled(
        _ feature: Feature, _ definition: PredictorDefinition, _ places: FieldPlaces
    ) throws(PredictorError) -> [CompiledExpression] {
        do throws(PrismaError) {
            var expressions: [CompiledExpression] = []
            for node in feature.selections { expressions.append(try CompiledExpression(node, on: definition.model, in: places)) }
            return expressions
        } catch {
            throw PredictorError(
                .needsMore, predictor: definition.name,
                "The feature \"\(feature.name)\" cannot be computed from a row in hand: \(error.message)",
                help:
                    "Let the database compute it: `prisma.predict(\(definition.name), ids: [\u{2026}])`, or include the predictor in a query."
            )
        }
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

    /// Writes the features that are numbers or texts of the record itself.
    func encode<Model: Record>(
        _ record: Model, _ registers: UnsafeMutablePointer<CellNumber>, into target: UnsafeMutablePointer<Float>
    ) throws(PredictorError) {
        plan.program.encode(record, places, registers: registers, into: target)
        for index in texts.indices {
            do throws(PrismaError) {
                try texts[index].encode(record.value(at: texts[index].place), into: target)
            } catch {
                throw unreadable(texts[index].encoder.feature, error)
            }
        }
    }

    /// The same of whatever an expression can be asked of.
    func encode(
        _ row: any EvaluationRow, _ registers: UnsafeMutablePointer<CellNumber>, into target: UnsafeMutablePointer<Float>
    ) throws(PredictorError) {
        do throws(PrismaError) {
            try plan.program.encode(row, places, registers: registers, into: target)
        } catch {
            throw unreadable(plan.feature(reading: error.fields.first ?? ""), error)
        }
        for text in texts {
            do throws(PrismaError) {
                try text.encode(try row.value(at: text.place), into: target)
            } catch {
                throw unreadable(text.encoder.feature, error)
            }
        }
    }

    var hasOthers: Bool { !others.isEmpty }

    /// Writes the features that are no part of it, of the row that the context is about.
    func encodeOthers(_ context: inout EvaluationContext, into target: UnsafeMutablePointer<Float>) throws(PredictorError) {
        for (step, encoder, column) in others {
            do throws(PrismaError) {
                try encoder.encode(try value(of: step, in: &context), into: target + column)
            } catch {
                throw unreadable(encoder.feature, error)
            }
        }
    }

    private func unreadable(_ feature: String, _ error: PrismaError) -> PredictorError {
        LoadedPredictor.unreadable(feature, error, predictor)
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
