import CPrismlBuild
import PrisML

/// What this build of `prisml` is.
enum Version {
    static let number = PrisMLVersion.number

    /// The commit it was built from, if whoever built it said so (`PRISML_COMMIT`); building needs no git.
    static var commit: String? {
        let text = String(cString: prisml_build_commit())
        return text.isEmpty ? nil : text
    }

    /// `prisml 0.1.0 (1a2b3c4)`
    static var line: String {
        "prisml \(number)" + (commit.map { " (\($0))" } ?? "")
    }
}
