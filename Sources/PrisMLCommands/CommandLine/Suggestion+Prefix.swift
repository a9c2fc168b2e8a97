import PrismaSchema

extension Suggestion {
    /// The known word that was meant: the closest one, or the one that begins with what was typed.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        if let closest = closest(to: word, in: candidates) { return closest }
        guard word.count > 1 else { return nil }
        return candidates.first { $0.lowercased().hasPrefix(word.lowercased()) }
    }
}
