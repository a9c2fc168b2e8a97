/// A feature's values, drawn small.
struct DistributionChart {
    private let distribution: FeatureDistribution

    init(_ distribution: FeatureDistribution) {
        self.distribution = distribution
    }

    var markup: Markup {
        switch distribution {
        case .numbers(let numbers): numbers.counts.isEmpty ? "<p class=\"note\">no value at all</p>" : draw(numbers)
        case .categories(let categories, let others, let missing): draw(categories, others, missing)
        }
    }

    /// Bars over ranges that each hold as many values: a narrow range is a high bar. The outermost ranges are cut off when there are many.
    private func draw(_ numbers: ColumnDistribution) -> Markup {
        let cut = numbers.counts.count > 8 ? 1 : 0
        let bins = cut..<(numbers.counts.count - cut)
        let (least, most) = (numbers.edges[bins.lowerBound], numbers.edges[bins.upperBound])
        // Of one value there are no ranges: it is one full bar.
        let width = most > least ? most - least : 1
        let heights = bins.map { bin in
            // The first range of whole numbers may be a single one.
            Double(numbers.counts[bin]) / max(numbers.edges[bin + 1] - numbers.edges[bin], width / 60)
        }
        let largest = heights.max() ?? 1
        let bars = zip(bins, heights).map { bin, height -> Markup in
            let left = (numbers.edges[bin] - least) / width * 200
            let right = most > least ? (numbers.edges[bin + 1] - least) / width * 200 : 200
            let size = height / largest * 50
            return """
                <rect class="bin" x="\(Figures.fixed(left, decimals: 1))" y="\(Figures.fixed(52 - size, decimals: 1))" \
                width="\(Figures.fixed(max(right - left - 0.4, 0.6), decimals: 1))" height="\(Figures.fixed(size, decimals: 1))"/>
                """
        }
        return """
            <svg viewBox="0 0 200 66" role="img" aria-label="distribution">\(bars)<line class="grid" x1="0" x2="200" y1="52.5" y2="52.5"/>\
            <text class="tick" x="0" y="63">\(Figures.short(least))</text>\
            <text class="tick" x="200" y="63" text-anchor="end">\(Figures.short(most))</text></svg>
            <p class="note">mean \(Figures.short(numbers.mean)) ± \(Figures.short(numbers.deviation)), \
            \(Figures.percent(Double(numbers.missing) / Double(max(numbers.count, 1)))) missing</p>
            """
    }

    private func draw(_ categories: [FeatureDistribution.Category], _ others: Int, _ missing: Int) -> Markup {
        let largest = Double(max(categories.first?.count ?? 0, others, missing, 1))
        let total = Double(max(categories.reduce(0) { $0 + $1.count } + others + missing, 1))
        let rest = [("others", others), ("missing", missing)].filter { $0.1 > 0 }
        let rows = (categories.map { ($0.name, $0.count, "") } + rest.map { ($0.0, $0.1, " rest") }).map { name, count, style -> Markup in
            """
            <div class="bar\(style)"><span class="name">\(name)</span>\
            <span class="track"><span style="width:\(Figures.fixed(Double(count) / largest * 100, decimals: 1))%"></span></span>\
            <span class="number">\(Figures.percent(Double(count) / total))</span></div>
            """
        }
        return Markup(joining: rows)
    }
}
