import Foundation
import Prisma

/// Where Python is, and how it gets what the trainer needs.
package struct PythonEnvironment: Sendable {
    /// The folder of the virtual environment that `prisml python setup` makes.
    package let folder: String
    /// The Python that was named, and then no other is tried.
    package let named: String?
    package let variables: [String: String]

    /// What the trainer needs, as pip reads it; the image has the same.
    package static let packages = [
        // onnxmltools imports packaging without asking for it.
        "numpy>=1.26,<3", "packaging", "scikit-learn>=1.5,<2", "xgboost>=2,<4", "onnx>=1.16,<2", "skl2onnx>=1.17,<2",
        "onnxmltools>=1.12,<2",
    ]

    package init(
        folder: String = "prisml/python", named: String? = nil, variables: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.folder = folder
        self.named = named
        self.variables = variables
    }

    /// The Pythons to try, in order: the one that was named and no other, else the project's own, else the system's.
    package var candidates: [String] {
        if let named { return [named] }
        let own = "\(folder)/bin/python3"
        return (Self.isProgram(own) ? [own] : [])
            + [Self.program("python3", variables), Self.program("python", variables)].compactMap { $0 }
    }

    /// The first Python that has what the trainer needs, and the versions of it.
    package func find() async throws -> (trainer: PythonTrainer, versions: [String: String]) {
        var reasons: [String] = []
        for path in candidates {
            do {
                let trainer = PythonTrainer(.interpreter(path))
                let versions = try await trainer.versions()
                let missing = ["numpy", "scikit-learn", "onnx", "skl2onnx"].filter { versions[$0] == nil }
                if missing.isEmpty { return (trainer, versions) }
                reasons.append("\(path) lacks \(missing.joined(separator: ", "))")
            } catch let error as TrainingError {
                reasons.append("\(path): \(error.message)")
            }
        }
        throw TrainingError(
            .trainerMissing, reasons.isEmpty ? "there is no Python" : "no Python can train: \(reasons.joined(separator: "; "))",
            suggestion: named == nil
                ? "run 'prisml python setup', which makes one in \(folder)" : "install the packages there: pip install \(Self.installable)")
    }

    /// Makes the virtual environment, and installs the packages in it.
    ///
    /// - Parameter progress: is told each command before it runs.
    package func setUp(progress: @Sendable (String) -> Void = { _ in }) async throws {
        guard let base = named ?? Self.program("python3", variables) else {
            throw TrainingError(.trainerMissing, "there is no python3 on the PATH", suggestion: "install Python 3.10 or newer, or name one")
        }
        for (program, arguments) in [
            (base, ["-m", "venv", folder]),
            ("\(folder)/bin/python3", ["-m", "pip", "install", "--disable-pip-version-check", "--quiet"] + Self.packages),
        ] {
            progress(([program] + arguments).joined(separator: " "))
            let end = try await Command(program, arguments).run()
            guard end.succeeded else {
                throw TrainingError(
                    .trainerMissing, "'\(program) \(arguments.prefix(3).joined(separator: " "))' failed: \(end.complaint)",
                    suggestion: "look at what it says; on Debian, 'apt install python3-venv' may be missing")
            }
        }
    }

    private static var installable: String { packages.map { "'\($0)'" }.joined(separator: " ") }

    /// A program's path by its name, as a shell finds it.
    static func program(_ name: String, _ variables: [String: String]) -> String? {
        (variables["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first(where: isProgram)
    }

    private static func isProgram(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }
}
