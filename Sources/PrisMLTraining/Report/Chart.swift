/// A drawing of lines, dots and bars over two axes, as SVG that takes its colours from the page.
struct Chart {
    struct Line {
        var name: String?
        var points: [Curves.Point]
        /// One of the page's colours.
        var colour = 0
        var isDashed = false
        var hasDots = false
    }

    var title: String
    var horizontal: String
    var vertical: String
    var x = 0.0...1.0
    var y = 0.0...1.0
    var lines: [Line] = []
    var dots: [Curves.Point] = []

    private static let (width, height) = (320.0, 260.0)
    private static let (left, right, top, bottom) = (46.0, 10.0, 10.0, 36.0)

    var markup: Markup {
        let named = lines.filter { $0.name != nil }
        let legend: Markup =
            named.count > 1
            ? "<div class=\"legend\">\(named.map { "<span><i class=\"c\($0.colour)\"></i>\($0.name ?? "")</span>" as Markup })</div>" : ""
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg viewBox="0 0 320 260" role="img" aria-label="\(title)">
            \(grid)
            \(lines.map(draw))
            \(dots.map { "<circle class=\"dot\" cx=\"\(place($0).x)\" cy=\"\(place($0).y)\" r=\"2\"/>" as Markup })
            <text class="axis" x="183" y="256" text-anchor="middle">\(horizontal)</text>
            <text class="axis" transform="translate(10 117) rotate(-90)" text-anchor="middle">\(vertical)</text>
            </svg>\(legend)</figure>
            """
    }

    private func draw(_ line: Line) -> Markup {
        let path = line.points.map { "\(place($0).x),\(place($0).y)" }.joined(separator: " ")
        let style = line.isDashed ? "line dashed" : "line s\(line.colour)"
        let dots: [Markup] =
            line.hasDots
            ? line.points.map { "<circle class=\"f\(line.colour)\" cx=\"\(place($0).x)\" cy=\"\(place($0).y)\" r=\"3\"/>" } : []
        return "<polyline class=\"\(style)\" points=\"\(path)\"/>\(dots)"
    }

    /// Where a point lies, in a tenth of a unit.
    private func place(_ point: Curves.Point) -> (x: String, y: String) {
        let share = { (value: Double, range: ClosedRange<Double>) in
            let width = range.upperBound - range.lowerBound
            return width > 0 && value.isFinite ? min(max((value - range.lowerBound) / width, 0), 1) : 0.5
        }
        let x = Self.left + share(point.x, self.x) * (Self.width - Self.left - Self.right)
        let y = Self.height - Self.bottom - share(point.y, self.y) * (Self.height - Self.top - Self.bottom)
        return (Figures.fixed(x, decimals: 1), Figures.fixed(y, decimals: 1))
    }

    private var grid: Markup {
        let across = Self.steps(x).map { value -> Markup in
            let (low, high) = (place(.init(x: value, y: y.lowerBound)), place(.init(x: value, y: y.upperBound)))
            return """
                <line class="grid" x1="\(low.x)" y1="\(low.y)" x2="\(high.x)" y2="\(high.y)"/>
                <text class="tick" x="\(low.x)" y="237" text-anchor="middle">\(Figures.short(value))</text>
                """
        }
        let up = Self.steps(y).map { value -> Markup in
            let (low, high) = (place(.init(x: x.lowerBound, y: value)), place(.init(x: x.upperBound, y: value)))
            return """
                <line class="grid" x1="\(low.x)" y1="\(low.y)" x2="\(high.x)" y2="\(high.y)"/>
                <text class="tick" x="42" y="\(low.y)" dy="3" text-anchor="end">\(Figures.short(value))</text>
                """
        }
        return Markup(joining: across + up)
    }

    /// Round numbers that divide a range into three to seven parts.
    static func steps(_ range: ClosedRange<Double>) -> [Double] {
        let width = range.upperBound - range.lowerBound
        guard width > 0, width.isFinite else { return [range.lowerBound] }
        var unit = 1.0
        while unit > width { unit /= 10 }
        while unit * 10 <= width { unit *= 10 }
        // Between 1 and 10 units fit.
        let step = width / unit < 2 ? unit / 4 : width / unit < 4 ? unit / 2 : width / unit < 8 ? unit : unit * 2
        let first = (range.lowerBound / step).rounded(.up)
        let last = (range.upperBound / step).rounded(.down)
        guard last - first < 20 else { return [range.lowerBound, range.upperBound] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// A range that holds all values, with some air.
    static func range(of values: [Double]) -> ClosedRange<Double> {
        let known = values.filter(\.isFinite)
        guard let least = known.min(), let most = known.max() else { return 0...1 }
        let air = most > least ? (most - least) * 0.04 : max(least.magnitude * 0.1, 1)
        return (least - air)...(most + air)
    }
}
