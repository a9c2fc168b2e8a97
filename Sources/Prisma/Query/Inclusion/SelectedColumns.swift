/// Where the columns of one inclusion are among those of all.
struct SelectedColumns: Sendable {
    private let places: [Int]
    /// The first, where they are side by side.
    let start: Int?

    /// Adds what is not selected yet.
    init(_ own: [ExpressionNode], among selections: inout [ExpressionNode]) {
        var places: [Int] = []
        for node in own {
            let place = selections.firstIndex(of: node) ?? selections.count
            if place == selections.count { selections.append(node) }
            places.append(place)
        }
        let start = places.first ?? 0
        self.start = places == Array(start..<start + places.count) ? start : nil
        self.places = places
    }

    /// Lets columns of a row that are not side by side be read as if they were; the record stays where it is.
    ///
    /// - Parameter first: the column that the selections begin at.
    func gather(_ row: SQLRow, from first: Int, _ body: (inout SQLRow) throws -> Void) throws {
        try row.appending(places.map { first + $0 }, body)
    }
}
