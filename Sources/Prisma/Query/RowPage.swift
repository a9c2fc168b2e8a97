/// Checks and counts which of the rows in their order are wanted.
enum RowPage {
    /// Throws where rows are to be skipped backwards, or taken in a number that has no size.
    static func check(take: Int?, skip: Int?, of model: String) throws(PrismaError) {
        if let skip, skip < 0 {
            throw PrismaError(
                .validationFailed, "`skip` is \(skip); it cannot be negative.", model: model, help: "Use a negative `take`.")
        }
        if take == .min {
            throw PrismaError(
                .validationFailed, "`take` is \(Int.min), which is out of range.", model: model, help: "Leave it out for all rows.")
        }
    }

    /// So many rows from the first on have to be read at most; nil where no number says so.
    static func end(take: Int?, skip: Int?) -> Int? {
        take.flatMap { take in
            let (end, overflows) = Int(clamping: take.magnitude).addingReportingOverflow(skip ?? 0)
            return overflows ? nil : end
        }
    }
}
