import PrisML
import Prisma
import PrismaSchema

/// Rows that are ready to be trained on: labelled, split, and with encodings that are fitted on the training rows.
///
/// The values stay in the columns that they were read into. Only the rows that are asked for become a matrix, so that no second copy of
/// all rows is ever held.
struct PreparedRows {
    let task: LearningTask
    /// The classes that some row has: an enum's in the schema's order, texts sorted.
    let classes: [String]
    let split: RowSplit
    let encoders: [FeatureEncoder]
    /// A number for each row: the class's index, or the value.
    let labels: [Float]
    /// The names of the columns that the features become.
    let names: [String]
    private let columns: [RawColumn]
    private let features: [Feature]
    /// What the parts follow from that target means are fitted on.
    private let keys: [UInt64]
    private let imputes: Bool

    /// - Parameter split: the rows' shares, where they are not the ones that the definition says.
    init(_ rows: ExtractedRows, _ definition: PredictorDefinition, schema: Schema, split given: RowSplit? = nil) throws {
        var labels = rows.labels
        switch definition.task {
        case .binary: (task, classes) = (.binary, ["false", "true"])
        case .regression: (task, classes) = (.regression, [])
        case .classes(let names?):
            // A value that no row has cannot be learned, and would be a class without any measure.
            let used = Set(labels)
            let kept = names.indices.filter { used.contains(Float($0)) }
            if kept.count < names.count {
                let places = Dictionary(
                    zip(kept.map(Float.init), (0..<kept.count).map(Float.init)), uniquingKeysWith: { first, _ in first })
                labels = labels.map { places[$0] ?? 0 }
            }
            (task, classes) = (kept.count == 2 ? .binary : .classes(kept.count), kept.map { names[$0] })
        case .classes(nil):
            // Sorted, so that the order of the rows does not show in the artifact.
            let sorted = rows.seenClasses.texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try Self.requireClasses(sorted.count, of: rows.count, definition)
            let places = Dictionary(zip(sorted, sorted.indices), uniquingKeysWith: { first, _ in first })
            labels = labels.map { Float(places[rows.seenClasses.texts[Int($0)]] ?? 0) }
            (task, classes) = (sorted.count == 2 ? .binary : .classes(sorted.count), sorted)
        }
        let plan = SplitPlan(validation: definition.split.validation, holdout: definition.split.holdout, seed: definition.seed)
        let strategy = Self.strategy(definition.split.method, rows, Array(labels.indices), labels, task)
        let split = try given ?? plan.split(rows.keys, strategy)
        self.split = split
        imputes = if case .linear = definition.algorithm { true } else { false }
        features = definition.features
        keys = rows.keys
        let imputes = imputes
        encoders = try zip(definition.features, rows.columns).map { feature, column in
            var categories: [String]?
            if case .enumeration(let name) = feature.node.type, let enumeration = schema.enumeration(named: name) {
                let values = enumeration.values.map(\.databaseName)
                if case .categories(_, let vocabulary) = column, let unknown = vocabulary.texts.first(where: { !values.contains($0) }) {
                    throw PredictorError(
                        .invalidData, predictor: definition.name,
                        "The feature \"\(feature.name)\" has the value '\(unknown)' in some row, which the enum \(name) does not have.",
                        help: "Add the value to the enum in the schema, or correct the rows.")
                }
                categories = values
            }
            return FeatureEncoder.fitted(
                feature, on: column, rows: split.training, labels: labels, categories: categories, imputesMissing: imputes)
        }
        self.labels = labels
        names = encoders.flatMap(\.columns)
        columns = rows.columns
    }

    /// Some of the rows, in the given order.
    func rows(_ indices: [Int]) throws -> LabelledRows {
        try LabelledRows(FeatureMatrix(columns, encoders, rows: indices), labels: indices.map { labels[$0] })
    }

    /// The rows to train on. What an encoding says of a row's label, it learned from other rows than that one.
    ///
    /// A target mean over the rows that it is trained on holds each row's own label, which no row has when it is predicted: a model would
    /// trust it too much. So each fifth of these rows has the means of the other four.
    func trainingRows() throws -> LabelledRows {
        let rows = split.training
        let names = encoders.flatMap(\.columns)
        var values = FeatureMatrix.values(columns, encoders, rows: rows)
        var offset = 0
        for (index, encoder) in encoders.enumerated() {
            defer { offset += encoder.width }
            guard case .targetMean = encoder.method else { continue }
            let parts = rows.map { Int(RandomSequence.mix(keys[$0]) % UInt64(Self.parts)) }
            for part in 0..<Self.parts {
                let others = zip(rows, parts).filter { $1 != part }.map(\.0)
                // Fewer rows than parts may all be in one.
                guard !others.isEmpty else { continue }
                let own = FeatureEncoder.fitted(
                    features[index], on: columns[index], rows: others, labels: labels, categories: nil, imputesMissing: imputes)
                let places = rows.indices.filter { parts[$0] == part }
                let encoded = FeatureMatrix.values([columns[index]], [own], rows: places.map { rows[$0] })
                for (place, value) in zip(places, encoded) { values[place * names.count + offset] = value }
            }
        }
        return try LabelledRows(FeatureMatrix(names: names, values: values), labels: rows.map { labels[$0] })
    }

    private static let parts = 5

    /// A text that hardly any two rows share is a name, and no class.
    private static func requireClasses(_ count: Int, of rows: Int, _ definition: PredictorDefinition) throws {
        guard count > mostClasses || count > fewClasses && count > rows / rowsOfClass else { return }
        throw TrainingError(
            .invalidData,
            """
            the label has \(count) different texts in \(rows) rows, which is too many to tell apart: \(mostClasses) at most, and \
            \(rowsOfClass) rows for each
            """, at: "predictor \(definition.name)",
            suggestion: "predict a coarser text, as a part of it, or leave rare ones out with .trained { … }")
    }

    private static let mostClasses = 1000
    private static let rowsOfClass = 10
    /// So many may be rare, as long as each has rows to train on.
    private static let fewClasses = 10

    /// How some of the rows are to be divided.
    func strategy(_ method: SplitRule.Method, _ rows: ExtractedRows, _ indices: [Int]) -> SplitPlan.Strategy {
        Self.strategy(method, rows, indices, labels, task)
    }

    private static func strategy(
        _ method: SplitRule.Method, _ rows: ExtractedRows, _ indices: [Int], _ labels: [Float], _ task: LearningTask
    ) -> SplitPlan.Strategy {
        switch method {
        case .stratified: task == .regression ? .random : .stratified(indices.map { Int(labels[$0]) })
        case .random: .random
        case .chronological: .chronological(indices.map { rows.places[$0] })
        case .grouped: .grouped(indices.map { rows.groups[$0] })
        }
    }
}

extension FeatureMatrix {
    /// Some rows of columns, as encodings turn them into numbers.
    init(_ columns: [RawColumn], _ encoders: [FeatureEncoder], rows: [Int]) throws {
        try self.init(names: encoders.flatMap(\.columns), values: Self.values(columns, encoders, rows: rows))
    }

    /// The numbers of these rows, one row after the other.
    static func values(_ columns: [RawColumn], _ encoders: [FeatureEncoder], rows: [Int]) -> [Float] {
        let width = encoders.reduce(0) { $0 + $1.width }
        return [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            for (encoder, column) in zip(encoders, columns) {
                encoder.encode(column, rows: rows, into: base + offset, stride: width)
                offset += encoder.width
            }
            count = rows.count * width
        }
    }
}
