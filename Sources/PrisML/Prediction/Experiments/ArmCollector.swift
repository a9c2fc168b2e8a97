import Prisma

/// Gathers the features of rows, each for the version of its arm.
struct ArmCollector<Label: ColumnValue, Answer: Sendable>: InclusionCollector {
    /// What an arm reads of its rows.
    struct Arm: Sendable {
        let reader: FeatureReader
        /// The first of its columns among those of all arms.
        let start: Int
        var features: EncodedRows
    }

    private let assignment: Assignment
    private let labels: PredictedLabels<Label>
    private let keys: KeyReader
    /// How many columns the arms have in all; the key's follow.
    private let width: Int
    private var arms: [String: Arm]
    private let answers: @Sendable ([(String, Result<AssignedPrediction<Label>, PredictorError>)]) throws -> [Answer]
    private var rows: [(arm: String, key: String)] = []

    init(
        assignment: Assignment, labels: PredictedLabels<Label>, keys: KeyReader, width: Int, arms: [String: Arm],
        answers: @escaping @Sendable ([(String, Result<AssignedPrediction<Label>, PredictorError>)]) throws -> [Answer]
    ) {
        self.assignment = assignment
        self.labels = labels
        self.keys = keys
        self.width = width
        self.arms = arms
        self.answers = answers
    }

    mutating func collect(_ row: inout SQLRow) throws {
        let first = row.position
        if rows.isEmpty {
            try keys.requireRecord(in: row)
            for arm in arms.values { try arm.reader.requireRecord(in: row) }
        }
        row.move(to: first + width)
        let key = try keys.text(of: &row)
        let end = row.position
        let name = assignment.arm(for: key)
        row.move(to: first + (arms[name]?.start ?? 0))
        try arms[name]?.features.append(&row)
        row.move(to: end)
        rows.append((name, key))
    }

    consuming func load(in context: QueryContext) async throws -> [Answer] {
        var results = try arms.mapValues { try $0.features.predictions(by: labels).makeIterator() }
        return try answers(
            rows.compactMap { row in
                results[row.arm]?.next().map { result in
                    (row.key, result.map { AssignedPrediction(arm: row.arm, key: row.key, prediction: $0) })
                }
            })
    }
}
