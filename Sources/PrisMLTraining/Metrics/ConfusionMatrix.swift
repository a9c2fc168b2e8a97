/// How often each class was answered for rows of each class.
package struct ConfusionMatrix: Sendable, Hashable, Codable {
    package let classes: Int
    /// Row after row: the true class chooses the row, the answered one the column.
    package let counts: [Int]

    package init(_ rows: ScoredRows) {
        classes = rows.task.classCount
        var counts = [Int](repeating: 0, count: classes * classes)
        if classes > 0 {
            for (row, label) in rows.labels.enumerated() { counts[Int(label) * classes + rows.answer(row)] += 1 }
        }
        self.counts = counts
    }

    init(classes: Int, counts: [Int]) {
        self.classes = classes
        self.counts = counts
    }

    package subscript(label: Int, answer: Int) -> Int { counts[label * classes + answer] }

    /// How many rows were answered rightly.
    var right: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

    /// How many rows were answered with a class.
    func answers(_ index: Int) -> Int { (0..<classes).reduce(0) { $0 + self[$1, index] } }

    /// Precision, recall and F1 of each class.
    package var classMetrics: [ClassMetrics] {
        (0..<classes).map { index in
            let own = self[index, index]
            let answered = answers(index)
            let labelled = (0..<classes).reduce(0) { $0 + self[index, $1] }
            return ClassMetrics(truePositives: own, falsePositives: answered - own, falseNegatives: labelled - own)
        }
    }
}
