internal import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One's own training, as its file says it.
package struct PythonScript: Sendable {
    /// As the definition names it.
    package let path: String
    package let text: String

    /// What stands for the script in the artifact.
    package var hash: String { SHA256.hex(text) }
}

extension Algorithm {
    /// The script of the algorithm; nil for others, and where its file cannot be read: programs that only predict need none.
    ///
    /// - Parameter folder: where relative paths begin; the working directory if it is empty.
    package func script(in folder: String) -> PythonScript? {
        guard case .python(let path) = self else { return nil }
        let place = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
        guard let data = FileManager.default.contents(atPath: place) else { return nil }
        return PythonScript(path: path, text: String(decoding: data, as: UTF8.self))
    }
}
