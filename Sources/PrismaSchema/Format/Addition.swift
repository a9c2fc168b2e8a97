/// A text that formatting adds to a file.
struct Addition {
    let file: Int
    let offset: Int
    let text: String

    /// The file with the additions, which are in the order in which they are to stand when they meet at one place.
    static func apply(_ additions: [Addition], to file: SourceFile) -> SourceFile {
        if additions.isEmpty { return file }
        var bytes: [UInt8] = []
        var start = 0
        for index in additions.indices.sorted(by: { (additions[$0].offset, $0) < (additions[$1].offset, $1) }) {
            let addition = additions[index]
            bytes.append(contentsOf: file.bytes[start..<addition.offset])
            bytes.append(contentsOf: addition.text.utf8)
            start = addition.offset
        }
        bytes.append(contentsOf: file.bytes[start...])
        return SourceFile(path: file.path, bytes: bytes)
    }
}
