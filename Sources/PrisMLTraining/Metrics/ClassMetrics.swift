/// How well one class is told from the others.
package struct ClassMetrics: Sendable, Hashable, Codable {
    package var precision: Double
    package var recall: Double
    package var f1: Double
    /// How many rows are of the class.
    package var rows: Int

    /// Where nothing is divided by nothing, the value is 0.
    init(truePositives: Int, falsePositives: Int, falseNegatives: Int) {
        let share = { (part: Int, whole: Int) in whole > 0 ? Double(part) / Double(whole) : 0 }
        precision = share(truePositives, truePositives + falsePositives)
        recall = share(truePositives, truePositives + falseNegatives)
        f1 = share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
        rows = truePositives + falseNegatives
    }
}
