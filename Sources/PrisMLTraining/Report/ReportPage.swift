/// A report as one page of HTML that needs nothing else: no script, no network, light and dark, on paper and on a phone.
package struct ReportPage: Sendable {
    private let report: TrainingReport

    package init(_ report: TrainingReport) {
        self.report = report
    }

    package var html: String {
        let page: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(report.name) · training report</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            <header><h1>\(report.name)</h1><p>\(report.subject)</p>\(verdict)</header>
            <main>
            \([facts, gates, metrics, curves, confusion, importances, losses, distributions])
            </main>
            </body>
            </html>

            """
        return page.description
    }

    // MARK: Head

    private var verdict: Markup {
        guard !report.gates.isEmpty else { return "" }
        return report.gates.allSatisfy(\.passes)
            ? "<p class=\"verdict good\">All gates passed</p>" : "<p class=\"verdict bad\">Rejected: a gate was missed</p>"
    }

    private var facts: Markup {
        let total = max(report.split.reduce(0) { $0 + $1.rows }, 1)
        let split = report.split.enumerated().map { index, part -> Markup in
            "<span class=\"b\(index)\" style=\"flex-grow:\(max(part.rows, 1))\"></span>"
        }
        let names = report.split.enumerated().map { index, part -> Markup in
            "<span><i class=\"c\(index)\"></i>\(part.name) \(part.rows) (\(Figures.percent(Double(part.rows) / Double(total))))</span>"
        }
        let rows = report.facts.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" as Markup }
        let bar: Markup = report.split.isEmpty ? "" : "<div class=\"split\">\(split)</div><div class=\"legend\">\(names)</div>"
        return section("Rows", report.facts.isEmpty && report.split.isEmpty ? [] : ["<dl>\(rows)</dl>", bar])
    }

    private var gates: Markup {
        let rows = report.gates.map { gate -> Markup in
            let cells = gate.cells
            return """
                <tr class="\(gate.passes ? "good" : "bad")"><td>\(cells[0])</td><td class="number">\(cells[1])</td><td>\(cells[2])</td>\
                <td>\(gate.passes ? "✓" : "✗") \(cells[3])</td></tr>
                """
        }
        return section(
            "Gates", rows.isEmpty ? [] : [table(["Metric", "Measured", "Wanted", ""], rows)])
    }

    // MARK: Metrics

    private var metrics: Markup {
        let rows = report.evaluation.metrics.map { metric -> Markup in
            let others = [report.baseline, report.active].map { $0?[metric.kind]?.value }
            let cells = others.map { "<td class=\"number\">\($0.map { Figures.short($0) } ?? "–")</td>" as Markup }
            return """
                <tr><td>\(metric.kind.title)<small>\(metric.kind.rises ? "higher is better" : "lower is better")</small></td>\
                <td class="number"><b>\(Figures.short(metric.value))</b></td>\
                <td>\(range(metric, others.compactMap { $0 }))<small>\(Figures.short(metric.lower)) – \(Figures.short(metric.upper))</small></td>\
                \(report.active == nil ? [cells[0]] : cells)\(spread(metric.kind))</tr>
                """
        }
        let names =
            ["Metric", "Value", "95 of 100 samples", "Baseline"] + (report.active == nil ? [] : ["Active version"])
            + (report.crossValidation.map { ["\($0.folds) folds"] } ?? [])
        return section(
            "Metrics", [table(names, rows)],
            "Measured on \(report.evaluation.rows) rows that no part of the training has seen."
                + (report.crossValidation == nil
                    ? "" : " Folds are parts of the other rows, each measured by a model that has not seen it."))
    }

    /// The mean over the folds of a cross-validation, and how far they lie from it.
    private func spread(_ kind: MetricKind) -> Markup {
        guard let folds = report.crossValidation else { return "" }
        let text = folds[kind].map { "\(Figures.short($0.mean)) ± \(Figures.short($0.deviation))" } ?? "–"
        return "<td class=\"number\">\(text)</td>"
    }

    /// A value between the ends of its range, and a mark for each of the others.
    private func range(_ metric: MeasuredMetric, _ others: [Double]) -> Markup {
        let all = [metric.lower, metric.upper, metric.value] + others
        let bounds = metric.kind.isShare && all.allSatisfy { (0...1).contains($0) } ? 0...1 : Chart.range(of: all)
        let width = bounds.upperBound - bounds.lowerBound
        let place = { (value: Double) in Figures.fixed(4 + 112 * (value - bounds.lowerBound) / width, decimals: 1) }
        let marks = others.map { "<line class=\"mark\" x1=\"\(place($0))\" x2=\"\(place($0))\" y1=\"2\" y2=\"14\"/>" as Markup }
        return """
            <svg class="range" viewBox="0 0 120 16" aria-hidden="true"><line class="grid" x1="4" x2="116" y1="8" y2="8"/>\
            <line class="whisker" x1="\(place(metric.lower))" x2="\(place(metric.upper))" y1="8" y2="8"/>\(marks)\
            <circle class="f0" cx="\(place(metric.value))" cy="8" r="4"/></svg>
            """
    }

    // MARK: Curves

    private var curves: Markup {
        let curves = report.curves
        var charts: [Chart] = []
        if !curves.classes.isEmpty {
            let shown = curves.classes.prefix(6).enumerated()
            let diagonal = Chart.Line(points: [.init(x: 0, y: 0), .init(x: 1, y: 1)], isDashed: true)
            charts.append(
                Chart(
                    title: "ROC", horizontal: "share of others taken for it", vertical: "share found",
                    lines: [diagonal] + shown.map { Chart.Line(name: name($1.index), points: $1.roc, colour: $0) }))
            charts.append(
                Chart(
                    title: "Precision and recall", horizontal: "recall", vertical: "precision",
                    lines: shown.map { Chart.Line(name: name($1.index), points: $1.precision, colour: $0) }))
            let points = curves.calibration.map { Curves.Point(x: $0.probability, y: $0.frequency) }
            charts.append(
                Chart(
                    title: "Calibration", horizontal: "probability that was answered", vertical: "how often it came true",
                    lines: [diagonal, Chart.Line(points: points, hasDots: true)]))
        }
        if !curves.answers.isEmpty {
            let range = Chart.range(of: curves.answers.flatMap { [$0.x, $0.y] })
            let ends = [range.lowerBound, range.upperBound].map { Curves.Point(x: $0, y: $0) }
            charts.append(
                Chart(
                    title: "Answers", horizontal: "true value", vertical: "answer", x: range, y: range,
                    lines: [Chart.Line(points: ends, isDashed: true)], dots: curves.answers))
        }
        return section("Curves", charts.isEmpty ? [] : ["<div class=\"charts\">\(charts.map(\.markup))</div>"])
    }

    private var losses: Markup {
        guard report.losses.count > 1 else { return "" }
        let step = max(1, report.losses.count / 300)
        let points = stride(from: 0, to: report.losses.count, by: step).map { Curves.Point(x: Double($0 + 1), y: report.losses[$0]) }
        let chart = Chart(
            title: "Loss on the validation rows", horizontal: "round", vertical: report.task == .regression ? "RMSE" : "log loss",
            x: 0...Double(report.losses.count), y: Chart.range(of: report.losses), lines: [Chart.Line(points: points)])
        return section("Rounds", ["<div class=\"charts\">\(chart.markup)</div>"])
    }

    // MARK: Classes and features

    private var confusion: Markup {
        guard let confusion = report.evaluation.confusion, confusion.classes > 0 else { return "" }
        let head = (0..<confusion.classes).map { "<th scope=\"col\">\(name($0))</th>" as Markup }
        let rows = (0..<confusion.classes).map { label -> Markup in
            let total = (0..<confusion.classes).reduce(0) { $0 + confusion[label, $1] }
            let cells = (0..<confusion.classes).map { answer -> Markup in
                let share = total > 0 ? Double(confusion[label, answer]) / Double(total) : 0
                return """
                    <td class="cell \(label == answer ? "right" : "wrong")" style="--share:\(Figures.fixed(share * 100, decimals: 0))%">\
                    \(confusion[label, answer])<small>\(Figures.percent(share))</small></td>
                    """
            }
            return "<tr><th scope=\"row\">\(name(label))</th>\(cells)</tr>"
        }
        let own = report.evaluation.classes.enumerated().map { index, metrics -> Markup in
            """
            <tr><td>\(name(index))</td><td class="number">\(Figures.short(metrics.precision))</td>\
            <td class="number">\(Figures.short(metrics.recall))</td><td class="number">\(Figures.short(metrics.f1))</td>\
            <td class="number">\(metrics.rows)</td></tr>
            """
        }
        return section(
            "Classes",
            [
                "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th>true ↓ answered →</th>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>",
                table(["Class", "Precision", "Recall", "F1", "Rows"], own),
            ])
    }

    private var importances: Markup {
        let largest = max(report.importances.first?.share ?? 0, 1e-12)
        let rows = report.importances.prefix(40).map { importance -> Markup in
            let width = Figures.fixed(max(importance.share / largest * 100, 0.3), decimals: 1)
            return """
                <div class="bar"><span class="name">\(importance.feature)</span>\
                <span class="track"><span style="width:\(width)%"></span></span>\
                <span class="number">\(Figures.percent(importance.share))</span></div>
                """
        }
        return section("What matters", rows, "Each feature's share of what the model gained from all of them.")
    }

    private var distributions: Markup {
        let all = report.distributions.map {
            "<figure><figcaption>\($0.feature)</figcaption>\(DistributionChart($0.distribution).markup)</figure>" as Markup
        }
        return section("Features", all.isEmpty ? [] : ["<div class=\"small\">\(all)</div>"], "How the values of the training rows lie.")
    }

    // MARK: Parts

    private func name(_ index: Int) -> String {
        report.classes.indices.contains(index) ? report.classes[index] : "\(index)"
    }

    private func section(_ title: String, _ content: [Markup], _ note: String? = nil) -> Markup {
        guard !content.isEmpty else { return "" }
        let text: Markup = note.map { "<p class=\"note\">\($0)</p>" } ?? ""
        return "<section><h2>\(title)</h2>\(text)\(content)</section>"
    }

    private func table(_ head: [String], _ rows: [Markup]) -> Markup {
        "<div class=\"scroll\"><table><thead><tr>\(head.map { "<th scope=\"col\">\($0)</th>" as Markup })</tr></thead><tbody>\(rows)</tbody></table></div>"
    }
}
