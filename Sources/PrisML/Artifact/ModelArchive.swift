internal import Prisma

/// A version of a predictor in one file: a tar archive, which `tar` lists and unpacks, too.
///
/// Its first entry holds the SHA-256 of all bytes that follow it, and each header is one that is written here and no other: a changed
/// byte is noticed wherever it is. Nothing in it depends on when or where it was written.
struct ModelArchive {
    var name: String
    var version: String
    var files: [String: [UInt8]]

    /// The files that a version may have; no archive puts anything else anywhere.
    static let fileNames = ["manifest.json", "metadata.json", "model.onnx", "report.html", "run.json"]
    private static let digestName = "SHA256"
    private static let block = 512

    /// Why some bytes are no archive.
    struct Broken: Error {
        var reason: String
    }

    init(name: String, version: String, files: [String: [UInt8]]) {
        self.name = name
        self.version = version
        self.files = files
    }
}

// MARK: - Writing

extension ModelArchive {
    /// The archive's bytes; nil if a name is longer than the format's fields.
    func encoded() -> [UInt8]? {
        var content: [UInt8] = []
        for (file, bytes) in files.sorted(by: { $0.key < $1.key }) {
            guard let header = Self.header(folder: name, "\(version)/\(file)", size: bytes.count) else { return nil }
            content += header + bytes + Self.padding(after: bytes.count)
        }
        content += [UInt8](repeating: 0, count: 2 * Self.block)
        let digest = Array((SHA256.hex(content) + "\n").utf8)
        guard let header = Self.header(folder: "", Self.digestName, size: digest.count) else { return nil }
        return header + digest + Self.padding(after: digest.count) + content
    }

    private static func padding(after count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (block - count % block) % block)
    }

    /// A header as POSIX's `ustar` has it; nil if a name or the size does not fit.
    private static func header(folder: String, _ name: String, size: Int) -> [UInt8]? {
        guard folder.utf8.count <= 155, name.utf8.count <= 100, size < 1 << 33 else { return nil }
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8) }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        put(name, at: 0)
        put("0000644", at: 100)
        for place in [108, 116] { put("0000000", at: place) }
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put(folder, at: 345)
        // The sum is taken with blanks in its own place.
        put("        ", at: 148)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
        return header
    }
}

// MARK: - Reading

extension ModelArchive {
    init(bytes: [UInt8]) throws(Broken) {
        var rest = bytes[...]
        let digest = try Self.entry(of: &rest)
        guard digest.folder.isEmpty, digest.name == Self.digestName else { throw Broken(reason: "it is no archive of a model") }
        guard digest.bytes.elementsEqual((SHA256.hex(rest) + "\n").utf8) else {
            throw Broken(reason: "its bytes are not the ones that were exported")
        }
        var found: ModelArchive?
        while rest.contains(where: { $0 != 0 }) {
            let entry = try Self.entry(of: &rest)
            let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Self.fileNames.contains(parts[1]), Self.isName(entry.folder), ArtifactStore.isVersion(parts[0]) else {
                throw Broken(reason: "it holds '\(entry.folder)/\(entry.name)', which is no part of a model")
            }
            var archive = found ?? ModelArchive(name: entry.folder, version: parts[0], files: [:])
            guard archive.name == entry.folder, archive.version == parts[0] else { throw Broken(reason: "it holds several models") }
            archive.files[parts[1]] = Array(entry.bytes)
            found = archive
        }
        guard let found else { throw Broken(reason: "it is empty") }
        self = found
    }

    private static func entry(
        of rest: inout ArraySlice<UInt8>
    ) throws(Broken) -> (folder: String, name: String, bytes: ArraySlice<UInt8>) {
        let header = Array(rest.prefix(block))
        guard header.count == block else { throw Broken(reason: "it ends too early") }
        func text(_ range: Range<Int>) -> String { String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self) }
        let (name, folder) = (text(0..<100), text(345..<500))
        guard let size = Int(text(124..<136), radix: 8), size >= 0, header == self.header(folder: folder, name, size: size) else {
            throw Broken(reason: "it is no archive of a model")
        }
        rest = rest.dropFirst(block)
        let padded = size + padding(after: size).count
        guard rest.count >= padded else { throw Broken(reason: "it ends too early") }
        let bytes = rest.prefix(size)
        guard rest.prefix(padded).dropFirst(size).allSatisfy({ $0 == 0 }) else { throw Broken(reason: "it is no archive of a model") }
        rest = rest.dropFirst(padded)
        return (folder, name, bytes)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(PredictorDefinition.isNameByte)
    }
}
