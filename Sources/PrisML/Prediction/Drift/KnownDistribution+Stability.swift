extension KnownDistribution {
    /// The population stability index of other counts; nil where there are too few rows to tell a change from chance.
    func stabilityIndex(_ others: [Int]) -> Double? {
        guard let least = leastRows, others.reduce(0, +) >= least else { return nil }
        let groups = groups
        return StabilityIndex.between(groups.map(counts.sum(of:)), groups.map(others.sum(of:)))
    }

    /// How many rows the stability index takes; nil where too few were trained on for any number to do.
    var leastRows: Int? { StabilityIndex.leastRows(besides: groups.map(counts.sum(of:))) }

    /// The bins that the stability index goes by: among the numbers, neighbours joined until they hold a tenth of the training rows, and a
    /// hundred or a third of them. Finer ones show more chance than change.
    ///
    /// A bin that holds as many by itself stays alone, and so do the outermost ones, which no training row was in.
    private var groups: [Range<Int>] {
        guard case .numbers(let edges) = bins else { return counts.indices.map { $0..<$0 + 1 } }
        let rows = counts.reduce(0, +)
        let enough = max(rows / 10, min(100, rows / 3))
        let inner = edges.last == .infinity ? 1..<max(1, edges.count - 1) : 0..<edges.count
        var groups: [Range<Int>] = []
        // Those from here on are neighbours that may be joined.
        var first = 0
        for bin in counts.indices {
            if !inner.contains(bin) || counts[bin] >= enough {
                groups.joinLast(from: first) { counts.sum(of: $0) < enough }
                groups.append(bin..<bin + 1)
                first = groups.count
            } else if groups.count > first, let last = groups.last, counts.sum(of: last) < enough {
                groups[groups.count - 1] = last.lowerBound..<bin + 1
            } else {
                groups.append(bin..<bin + 1)
            }
        }
        return groups
    }
}

extension [Int] {
    fileprivate func sum(of places: Range<Int>) -> Int { self[places].reduce(0, +) }
}

extension [Range<Int>] {
    /// Joins the last range to the one before, where both are among those from a place on.
    fileprivate mutating func joinLast(from first: Int, if isJoined: (Range<Int>) -> Bool) {
        guard count - first > 1, let last, isJoined(last) else { return }
        removeLast()
        self[count - 1] = self[count - 1].lowerBound..<last.upperBound
    }
}
