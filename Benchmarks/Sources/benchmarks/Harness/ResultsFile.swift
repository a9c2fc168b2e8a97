import Foundation

/// `Benchmarks/RESULTS.md`: a section for each suite, with the machine it was last measured on.
struct ResultsFile {
    private let url = URL(filePath: #filePath).appending(path: "../../../../RESULTS.md").standardizedFileURL

    private static let introduction = """
        # Results

        Written by `make bench`. A ratio is how many times the time per item of the row that it names; figures of different machines
        cannot be compared, ratios can. Targets are judged by the medians of the run, and one that is missed says so.

        """

    /// Replaces the section of that suite and keeps the others.
    ///
    /// - Parameter versions: of the libraries that were measured.
    func save(_ report: Report, versions: String) throws {
        var sections: [String: String] = [:]
        let old = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        for section in ("\n" + old).components(separatedBy: "\n## ").dropFirst() {
            let name = section.prefix { $0 != "\n" }
            sections[String(name)] = section.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        sections[report.suite.name] = """
            \(report.suite.name)

            \(report.suite.summary). \(Machine.description); \(versions).

            \(report.markdown)
            """
        let text = Self.introduction + sections.sorted { $0.key < $1.key }.map { "\n## \($0.value)\n" }.joined()
        try text.write(to: url, atomically: true, encoding: .utf8)
    }
}
