import Prisma
import PrismaSchema

/// How the encoded features of a row come about: those that are only numbers of the row's own columns as one program, the others one by
/// one.
struct FeaturePlan: Sendable {
    /// A feature that is no part of the program.
    struct Other: Sendable {
        let feature: Feature
        let encoder: FeatureEncoder
        /// Its first number among the row's.
        let column: Int
    }

    let program: CellProgram
    let others: [Other]
    /// The feature that each output of the program is.
    private let names: [String]

    /// - Parameter readsTexts: whether columns of text are at hand anyway, so that the program may look at them.
    init(_ definition: PredictorDefinition, _ encoders: [FeatureEncoder], on model: PrismaSchema.Model, readsTexts: Bool) {
        var compiler = CellCompiler(model: model.name, readsTexts: readsTexts) { model.field(named: $0.field)?.cellPart }
        var others: [Other] = []
        var names: [String] = []
        var column = 0
        for (feature, encoder) in zip(definition.features, encoders) {
            if case .number = encoder.method, feature.computation == nil, feature.node.type != .date,
                compiler.add(feature.node, column: column, null: encoder.null)
            {
                names.append(feature.name)
            } else {
                others.append(Other(feature: feature, encoder: encoder, column: column))
            }
            column += encoder.width
        }
        program = compiler.program()
        self.others = others
        self.names = names
    }

    /// The feature that the program computes of a field that could not be read.
    func feature(reading field: String) -> String {
        program.loads.first { $0.field == field }.map { names[$0.output] } ?? names.first ?? ""
    }

    /// The same by the field's cell in a query's row.
    func feature(reading cell: Int, _ places: [CellProgram.Place], record: Int, further: Int) -> String {
        let load = zip(program.loads, places).first { _, place in
            switch place {
            case .record(let index): record + index == cell
            case .further(let index): further + index == cell
            }
        }
        return load.map { names[$0.0.output] } ?? names.first ?? ""
    }
}

extension Field {
    /// What a program reads of the field's column; nil for what it cannot compute with as the databases do.
    fileprivate var cellPart: CellProgram.Load.Part? {
        switch valueType {
        case .bool: .bool
        // A narrower type of PostgreSQL's computes in its own width.
        case .int, .bigInt: ["Integer", "BigInt", nil].contains(nativeType?.name) ? .integer : nil
        case .double: ["DoublePrecision", nil].contains(nativeType?.name) ? .real : nil
        case .date: ["Timestamp", nil].contains(nativeType?.name) ? .timestamp : nil
        case .string, .enumeration, .json, .bytes, .decimal: .length
        case .list, nil: nil
        }
    }
}
