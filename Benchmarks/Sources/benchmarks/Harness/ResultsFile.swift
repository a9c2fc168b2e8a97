import Foundation

/// `Benchmarks/RESULTS.md`: a section for each suite, with the machine it was last measured on.
struct ResultsFile {
    private let url = URL(filePath: #filePath).appending(path: "../../../../RESULTS.md").standardizedFileURL

    private static let introduction = """
        # Results

        Written by `make bench SAVE=1`. A ratio is how many times the time per item of the row that it names; figures of different
        machines cannot be compared, ratios can.

        """

    /// Replaces the section of that suite and keeps the others.
    func save(_ report: Report) throws {
        var sections: [String: String] = [:]
        let old = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        for section in ("\n" + old).components(separatedBy: "\n## ").dropFirst() {
            let name = section.prefix { $0 != "\n" }
            sections[String(name)] = section.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        sections[report.suite.name] = """
            \(report.suite.name)

            \(report.suite.summary). \(Machine.description).

            \(report.markdown)
            """
        let text = Self.introduction + sections.sorted { $0.key < $1.key }.map { "\n## \($0.value)\n" }.joined()
        try text.write(to: url, atomically: true, encoding: .utf8)
    }
}
