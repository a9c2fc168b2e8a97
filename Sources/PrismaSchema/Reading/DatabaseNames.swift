/// The names that Prisma gives to constraints and indexes, so that a database made by it fits one made from here.
struct DatabaseNames {
    let provider: Provider

    func primaryKey(_ table: String) -> String { cut(table, "_pkey") }

    func unique(_ table: String, _ columns: [String]) -> String { joined(table, columns, "_key") }

    func index(_ table: String, _ columns: [String]) -> String { joined(table, columns, "_idx") }

    func foreignKey(_ table: String, _ columns: [String]) -> String { joined(table, columns, "_fkey") }

    private func joined(_ table: String, _ columns: [String], _ suffix: String) -> String {
        cut("\(table)_\(columns.joined(separator: "_"))", suffix)
    }

    /// The name with its suffix, cut before the suffix at a whole character when it would be too long.
    private func cut(_ name: String, _ suffix: String) -> String {
        let limit = provider.maximumNameLength - suffix.utf8.count
        if name.utf8.count < limit { return name + suffix }
        var bytes = 0
        let kept = name.unicodeScalars.prefix { scalar in
            bytes += UTF8.width(scalar)
            return bytes <= limit
        }
        return String(kept) + suffix
    }
}
