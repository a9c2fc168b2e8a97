/// A plan reduced to what a row needs: its columns prepared, one estimator, and what is done with its scores.
struct RowPlan {
    let columns: [RowPredictor.Column]
    /// Nil where the estimator sees the row as it is given.
    let program: ColumnProgram?
    let estimator: RowPredictor.Estimator
    /// What each score is multiplied by in the end; empty for nothing.
    let factors: [Float]

    /// What is known of a value of the graph, for each row.
    private enum Form {
        /// Prepared columns; the shape is without the rows.
        case numbers([PreparedColumn], shape: [Int])
        /// Columns of texts, by their places in the row.
        case texts([Int])
        case scores(factors: [Float])
        case labels
    }

    init(_ plan: Plan) throws {
        var reader = Reader(plan)
        try reader.readInputs()
        for step in plan.steps { try reader.read(step) }
        guard let estimator = reader.estimator else { throw Self.refused("it has no estimator") }
        var found: [[Float]] = []
        for output in plan.outputs {
            switch reader.forms[output.slot] {
            case .scores(let factors)?: found.append(factors)
            case .labels?: break
            default: throw Self.refused("the output '\(output.info.name)' is neither scores nor a label")
            }
        }
        guard Set(found).count <= 1 else { throw Self.refused("it has several outputs of scores") }
        self.estimator = estimator
        factors = found.first ?? []
        columns = reader.columns
        let isAsGiven =
            reader.prepared.count == columns.count
            && reader.prepared.enumerated().allSatisfy { $1.steps.isEmpty && $1.source == .column($0) }
        program = isAsGiven ? nil : ColumnProgram(reader.prepared, encoders: reader.encoders)
    }

    static func refused(_ reason: String, at place: String? = nil) -> ONNXError {
        ONNXError(
            .unsupportedOperator, "the model cannot be compiled for rows: \(reason)", at: place, suggestion: "use run(_:) of the session")
    }

    /// Goes through the steps and notes the form of each value.
    private struct Reader {
        let plan: Plan
        let constants: [Int: Tensor]
        var forms: [Int: Form] = [:]
        var columns: [RowPredictor.Column] = []
        var encoders: [ColumnEncoder] = []
        var estimator: RowPredictor.Estimator?
        /// The estimator's input.
        var prepared: [PreparedColumn] = []

        /// A row is not wider than this, however often a graph repeats its columns, and all steps together prepare no more than that.
        static let mostColumns = 1 << 16
        static let mostWork = 1 << 21
        private var work = 0

        init(_ plan: Plan) {
            self.plan = plan
            constants = Dictionary(
                plan.constants.compactMap { constant in constant.value.tensor.map { (constant.slot, $0) } }, uniquingKeysWith: { $1 })
        }

        mutating func readInputs() throws {
            for (slot, info) in plan.inputs {
                guard case .tensor(let type, let shape?) = info.type, type == .float || type == .string, shape.count == 2,
                    case .fixed(let width) = shape[1], width > 0, columns.count + width <= Reader.mostColumns
                else { throw refused("the input '\(info.name)' is not a matrix of floats or texts with a known number of columns") }
                let places = Array(columns.count..<(columns.count + width))
                for position in 0..<width {
                    columns.append(RowPredictor.Column(input: info.name, position: position, isText: type == .string))
                }
                forms[slot] =
                    type == .string ? .texts(places) : .numbers(places.map { PreparedColumn(source: .column($0)) }, shape: [width])
            }
        }

        mutating func read(_ step: Plan.Step) throws {
            let place = step.node.place
            guard let first = step.inputs.first, let output = step.outputs.first else {
                throw refused("the operator has no row form", at: place)
            }
            let input = forms[first]
            if case .numbers(let columns, _)? = input { work += columns.reduce(1) { $0 + $1.steps.count + 1 } }
            guard work <= Reader.mostWork else { throw refused("too much is prepared", at: place) }
            switch (step.operation, input) {
            case (is Identity, let form?): forms[output] = form
            case (let concat as Concat, _): forms[output] = try joined(step.inputs, axis: concat.axis, place)
            case (let imputer as Imputer, .numbers(let columns, let shape)?) where shape.count == 1 && Self.fits(imputer.floats, columns):
                forms[output] = .numbers(
                    Self.adding(columns) { .impute(missing: imputer.missingFloat, value: Self.pick(imputer.floats, $0)) }, shape: shape)
            case (let scaler as Scaler, .numbers(let columns, let shape)?) where shape.count == 1 && Self.fits(scaler.offsets, columns):
                forms[output] = .numbers(
                    Self.adding(columns) { .scale(offset: Self.pick(scaler.offsets, $0), scale: Self.pick(scaler.scales, $0)) },
                    shape: shape)
            case (let encoder as OneHotEncoder, let form?): forms[output] = try encoded(form, encoder, place)
            case (let reshape as Reshape, .numbers(let columns, _)?) where isFlat(step, reshape, width: columns.count):
                forms[output] = .numbers(columns, shape: [columns.count])
            case (let flatten as Flatten, .numbers(let columns, _)?) where flatten.axis == 1:
                forms[output] = .numbers(columns, shape: [columns.count])
            case (let cast as Cast, .numbers?) where cast.type == .float: forms[output] = input
            case (let cast as Cast, .scores?) where cast.type == .float: forms[output] = input
            case (is Cast, .labels?): forms[output] = input
            case (is ArrayFeatureExtractor, .numbers(let columns, let shape)?) where shape.count == 1:
                forms[output] = try picked(columns, step.inputs.dropFirst().first, place)
            case (let gather as Gather, .numbers(let columns, let shape)?)
            where shape.count == 1 && (gather.axis == 1 || gather.axis == -1):
                forms[output] = try picked(columns, step.inputs.dropFirst().first, place)
            case (is Arithmetic<Times>, _): forms[output] = try multiplied(step.inputs, place)
            case (is ZipMap, .scores?): forms[output] = input
            case (_, .numbers(let columns, let shape)?) where shape.count == 1 && estimator == nil:
                try setEstimator(step, columns)
            default: throw refused("the operator has no row form", at: place)
            }
        }

        private static func fits(_ values: [Float], _ columns: [PreparedColumn]) -> Bool {
            values.count == columns.count || values.count == 1
        }

        private static func pick(_ values: [Float], _ index: Int) -> Float { values[values.count == 1 ? 0 : index] }

        private static func adding(_ columns: [PreparedColumn], _ step: (Int) -> PreparedColumn.Step) -> [PreparedColumn] {
            columns.enumerated().map { index, column in PreparedColumn(source: column.source, steps: column.steps + [step(index)]) }
        }

        private mutating func joined(_ slots: [Int], axis: Int, _ place: String) throws -> Form {
            var (all, texts, width): ([PreparedColumn], [Int], Int) = ([], [], 0)
            var lines: [Int]?
            for slot in slots {
                switch forms[slot] {
                case .texts(let places)?: texts += places
                case .numbers(let columns, let shape)?:
                    // Of a value with more dimensions only the last may grow, and only where the others are 1.
                    let front = Array(shape.dropLast())
                    guard lines ?? front == front, front.allSatisfy({ $0 == 1 }) else { throw refused("it joins lines", at: place) }
                    lines = front
                    all += columns
                    work += columns.count
                    width += shape.last ?? 0
                default: throw refused("it joins something else than columns", at: place)
                }
                guard work <= Reader.mostWork, all.count + texts.count <= Reader.mostColumns else {
                    throw refused("a row gets too wide", at: place)
                }
            }
            let rank = 2 + (lines ?? []).count
            guard axis == -1 || axis == rank - 1, all.isEmpty || texts.isEmpty else { throw refused("it joins rows", at: place) }
            return all.isEmpty ? .texts(texts) : .numbers(all, shape: (lines ?? []) + [width])
        }

        private mutating func encoded(_ form: Form, _ encoder: OneHotEncoder, _ place: String) throws -> Form {
            // Where an unknown value is an error, a row cannot say so.
            guard encoder.allowsUnknown else { throw refused("the encoder refuses unknown values", at: place) }
            let sources: [Int]
            switch form {
            case .texts(let columns) where !encoder.texts.isEmpty: sources = columns
            case .numbers(let columns, let shape) where shape.count == 1 && !encoder.integers.isEmpty:
                sources = try columns.map { column in
                    guard case .column(let source) = column.source, column.steps.isEmpty else {
                        throw refused("the encoder's input is prepared", at: place)
                    }
                    return source
                }
            default: throw refused("the encoder's input is of another type", at: place)
            }
            let (size, overflow) = sources.count.multipliedReportingOverflow(by: encoder.count)
            guard !overflow, size <= Reader.mostColumns else { throw refused("a row gets too wide", at: place) }
            var all: [PreparedColumn] = []
            for source in sources {
                let table: ColumnEncoder.Table =
                    encoder.texts.isEmpty ? .integers(encoder.integers) : .codes(columns[source].places(encoder.texts))
                encoders.append(ColumnEncoder(source: source, table: table, count: encoder.count))
                all += (0..<encoder.count).map { PreparedColumn(source: .place(encoder: encoders.count - 1, $0)) }
            }
            return .numbers(all, shape: [sources.count, encoder.count])
        }

        /// Whether a reshape only makes one line of each row.
        private func isFlat(_ step: Plan.Step, _ reshape: Reshape, width: Int) -> Bool {
            let given = step.inputs.count > 1 ? constants[step.inputs[1]].flatMap { try? $0.integers() } : reshape.attribute
            guard let given, given.count == 2, width > 0 else { return false }
            if given[0] == -1 { return given[1] == Int64(width) }
            return given[0] == 0 && !reshape.allowsZero && (given[1] == Int64(width) || given[1] == -1)
        }

        private func picked(_ columns: [PreparedColumn], _ slot: Int?, _ place: String) throws -> Form {
            guard let slot, let tensor = constants[slot], tensor.shape.count == 1, tensor.count > 0, tensor.count <= Reader.mostColumns,
                let indices = try? tensor.integers(), let positions = try? SelectionOperators.positions(indices, size: columns.count)
            else { throw refused("the columns are chosen by the row", at: place) }
            return .numbers(positions.map { columns[$0] }, shape: [positions.count])
        }

        /// Scores by constants.
        private func multiplied(_ slots: [Int], _ place: String) throws -> Form {
            guard slots.count == 2, let estimator else { throw refused("the operator has no row form", at: place) }
            for (one, other) in [(slots[0], slots[1]), (slots[1], slots[0])] {
                guard case .scores(let factors)? = forms[one], factors.isEmpty, let tensor = constants[other],
                    case .float(let values) = tensor.elements, values.count == 1 || values.count == estimator.outputCount,
                    tensor.shape.count < 2 || (tensor.shape.count == 2 && tensor.shape[0] == 1)
                else { continue }
                let all = values.count == 1 ? [Float](repeating: values[0], count: estimator.outputCount) : values
                return .scores(factors: all.allSatisfy { $0 == 1 } ? [] : all)
            }
            throw refused("the operator has no row form", at: place)
        }

        private mutating func setEstimator(_ step: Plan.Step, _ columns: [PreparedColumn]) throws {
            switch step.operation {
            case let trees as TreeOperator:
                guard let engine = try trees.narrow?.value else { throw refused("the trees compare in 64 bits", at: step.node.place) }
                guard engine.featureCount <= columns.count else {
                    throw ONNXError(
                        .invalidGraph, "the trees read \(engine.featureCount) columns, the input has \(columns.count)",
                        at: step.node.place, suggestion: "export the model again")
                }
                estimator = .trees(engine)
            case let linear as LinearRegressor where linear.coefficients.count == columns.count * linear.targets:
                estimator = .linearRegressor(linear)
            case let linear as LinearClassifier where linear.coefficients.count == columns.count * linear.scoreCount:
                estimator = .linearClassifier(linear)
            default: throw refused("the operator has no row form", at: step.node.place)
            }
            prepared = columns
            let isClassifier = estimator?.labels != nil
            for (index, output) in step.outputs.prefix(2).enumerated() where output >= 0 {
                forms[output] = isClassifier && index == 0 ? .labels : .scores(factors: [])
            }
        }
    }
}
