import Prisma
import PrismaSchema

/// Reads the encoded features of a query's rows: from the cells of the record where its columns hold what they need, from further columns
/// where not. No column is asked for twice.
final class FeatureReader: Sendable {
    /// What the query selects for the features, beside the record.
    let selections: [ExpressionNode]
    private let plan: FeaturePlan
    /// Where the program's columns are.
    private let places: [CellProgram.Place]
    private let others: [Step]
    private let predictor: String
    private let model: String
    /// One of the record's columns that are read, if any is.
    private let ownColumn: String?

    /// A feature that is no part of the program: one object, so that reading it for each row counts no references of its parts.
    private final class Step: Sendable {
        let name: String
        let encoder: FeatureEncoder
        let computation: FeatureComputation?
        /// Its first number among the row's.
        let column: Int
        let places: [CellProgram.Place]
        let isNumber: Bool

        init(_ other: FeaturePlan.Other, _ places: [CellProgram.Place]) {
            name = other.feature.name
            encoder = other.encoder
            computation = other.feature.computation
            column = other.column
            self.places = places
            isNumber = if case .number = other.encoder.method { true } else { false }
        }
    }

    /// - Parameter fields: the record's, where the query reads it; without it all columns are asked for.
    init(_ loaded: LoadedPredictor, _ definition: PredictorDefinition, on model: PrismaSchema.Model, beside fields: [Field]?) {
        let plan = FeaturePlan(definition, loaded.encoders, on: model, readsTexts: fields != nil)
        var selections: [ExpressionNode] = []
        let own = Dictionary((fields ?? []).enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        func place(_ node: ExpressionNode) -> CellProgram.Place {
            if case .column(let column) = node, column.depth == 0, let place = own[column.field] { return .record(place) }
            if let index = selections.firstIndex(of: node) { return .further(index) }
            selections.append(node)
            return .further(selections.count - 1)
        }
        places = plan.program.loads.map { load in
            guard let field = model.field(named: load.field), let type = field.valueType else { return .further(.max) }
            return place(.column(ColumnReference(depth: 0, model: model.name, field: load.field, type: type)))
        }
        others = plan.others.map { other in Step(other, other.feature.selections.map(place)) }
        self.plan = plan
        self.selections = selections
        predictor = loaded.name
        self.model = model.name
        let used = places + others.flatMap(\.places)
        ownColumn = fields?.enumerated().first { used.contains(.record($0.offset)) }?.element.name
    }

    /// Throws where the record in a row is of another model than the predictor: its cells mean something else.
    func requireRecord(in row: SQLRow) throws(PrismaError) {
        guard let ownColumn, row.recordType?.modelName != model else { return }
        throw .outOfScope(model, ownColumn, in: row.recordType?.modelName)
    }

    func makeRegisters(now: Int64) -> [CellNumber] { plan.program.makeRegisters(now: now) }

    /// Writes the encoded features of a row.
    ///
    /// - Parameters:
    ///   - record: the cell that the record begins at.
    ///   - further: the first of the cells that were selected for the features.
    func encode(
        _ row: SQLRow, record: Int, further: Int, registers: UnsafeMutablePointer<CellNumber>, into target: UnsafeMutablePointer<Float>
    ) throws(PredictorError) {
        do throws(PrismaError) {
            try plan.program.encode(row, places, record: record, further: further, registers: registers, into: target)
        } catch {
            let cell = error.fields.first.flatMap { Int($0.dropFirst()) } ?? 0
            throw LoadedPredictor.unreadable(plan.feature(reading: cell, places, record: record, further: further), error, predictor)
        }
        for index in others.indices {
            do throws(PrismaError) {
                try encode(others[index], row, record, further, into: target + others[index].column)
            } catch {
                throw LoadedPredictor.unreadable(others[index].name, error, predictor)
            }
        }
    }

    private func encode(
        _ step: Step, _ row: SQLRow, _ record: Int, _ further: Int, into target: UnsafeMutablePointer<Float>
    ) throws(PrismaError) {
        func cell(_ place: CellProgram.Place) -> Int {
            switch place {
            case .record(let index): record + index
            case .further(let index): further + index
            }
        }
        var row = row
        guard let computation = step.computation else {
            row.move(to: cell(step.places[0]))
            guard step.isNumber else { return try step.encoder.encode(textOf: try row.cell(), at: row.position - 1, into: target) }
            return try step.encoder.encode(&row, nil, into: target)
        }
        // Code reads its values from cells that are side by side.
        try row.gathering(step.places.map(cell)) { (row) throws(PrismaError) in
            try step.encoder.encode(&row, computation, into: target)
        }
    }
}
