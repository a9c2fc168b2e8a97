import Foundation
import TestSupport
import Testing

@testable import PrisMLTraining

/// Which trainer is chosen, with programs that only look like Docker and Python.
@Suite struct TrainerChoiceTests {
    /// A folder of programs, the only one on the PATH but for the system's own.
    struct Programs {
        let folder: TemporaryFolder
        var environment: PythonEnvironment {
            PythonEnvironment(folder: folder.file("venv"), variables: ["PATH": folder.path])
        }

        init(_ programs: [String: String]) throws {
            folder = try TemporaryFolder()
            for (name, text) in programs {
                try "#!/bin/sh\n\(text)\n".write(toFile: folder.file(name), atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file(name))
            }
        }

        func read(_ name: String) -> String { (try? String(contentsOfFile: folder.file(name), encoding: .utf8)) ?? "" }
    }

    /// Answers as `train.py` does when it is asked for versions; the text's length is written by hand, as eight bytes.
    static func answering(_ versions: String) -> String {
        let text = #"{"kind":"versions","versions":{\#(versions)},"sizes":[]}"#
        return "cat >/dev/null; printf '\\\(String(text.utf8.count, radix: 8))\\0\\0\\0\\0\\0\\0\\0'; printf '%s' '\(text)'"
    }

    static let complete = answering(#""numpy":"2.0","scikit-learn":"1.6","onnx":"1.17","skl2onnx":"1.18""#)
    /// A client whose engine answers, which notes how it is called.
    static let docker = """
        here=$(dirname "$0")
        for word in "$@"; do case "$word" in *'
        '*) printf '%s\\n' '<script>' >>"$here/calls" ;; *) printf '%s\\n' "$word" >>"$here/calls" ;; esac; done
        case "$1 $2" in
          'version --format') echo 28.0 ;;
          'image inspect') test -e "$here/built" ;;
          'build --tag') cat >"$here/built" ;;
        esac
        """

    @Test func nativeAlgorithmsNeedNothing() async throws {
        let programs = try Programs([:])
        #expect(try await TrainerChoice(environment: programs.environment).trainer(isNative: true) == nil)
        #expect(try await TrainerChoice(.native, environment: programs.environment).trainer(isNative: true) == nil)
        await #expect(throws: TrainingError.self) { try await TrainerChoice(.native).trainer(isNative: false) }
    }

    @Test func dockerComesFirstAndItsImageIsBuiltOnce() async throws {
        let programs = try Programs(["docker": Self.docker, "python3": Self.complete])
        for _ in 0..<2 {
            let trainer = try await TrainerChoice(environment: programs.environment).trainer(isNative: false)
            #expect(trainer?.place == .docker(programs.folder.file("docker"), image: "prisml-trainer:1"))
        }
        let calls = programs.read("calls").split(separator: "\n").joined(separator: " ")
        #expect(
            calls == "version --format {{.Server.Version}} image inspect prisml-trainer:1 build --tag prisml-trainer:1 - "
                + "version --format {{.Server.Version}} image inspect prisml-trainer:1")
        #expect(programs.read("built") == PythonTrainer.dockerfile)
    }

    @Test func aContainerIsStartedWithoutNetworkAndFolders() {
        let (program, arguments) = PythonTrainer(.docker("/usr/bin/docker", image: "trainer:1")).command(container: "box")
        #expect(program == "/usr/bin/docker")
        #expect(
            arguments.dropLast() == [
                "/usr/bin/docker", "run", "--rm", "--interactive", "--init", "--network", "none", "--name", "box", "trainer:1", "-c",
            ])
        #expect(arguments.last?.contains("def main():") ?? false)
    }

    @Test func withoutAnEngineItIsPython() async throws {
        let programs = try Programs(["docker": "exit 1", "python3": Self.complete])
        let trainer = try await TrainerChoice(environment: programs.environment).trainer(isNative: false)
        #expect(trainer?.place == .interpreter(programs.folder.file("python3")))
        let error = await #expect(throws: TrainingError.self) {
            try await TrainerChoice(.docker, environment: programs.environment).trainer(isNative: false)
        }
        #expect(error?.message == "no Docker engine answers")
    }

    @Test func theProjectsOwnPythonComesBeforeTheSystems() async throws {
        let programs = try Programs(["python3": Self.complete])
        let own = programs.folder.file("venv/bin/python3")
        try FileManager.default.createDirectory(atPath: programs.folder.file("venv/bin"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: programs.folder.file("python3"), toPath: own)
        let found = try await programs.environment.find()
        #expect(found.trainer.place == .interpreter(own))
        #expect(found.versions["scikit-learn"] == "1.6")
        let named = PythonEnvironment(
            folder: programs.environment.folder, named: programs.folder.file("python3"), variables: programs.environment.variables)
        #expect(
            try await TrainerChoice(environment: named).trainer(isNative: false)?.place == .interpreter(programs.folder.file("python3")))
        #expect(try await TrainerChoice(.python, environment: named).trainer(isNative: true) != nil)
        #expect(try await TrainerChoice(environment: named).trainer(isNative: true) == nil)
    }

    @Test(
        arguments: [
            ([:], "there is no Python"),
            (["python3": answering(#""numpy":"2.0","onnx":"1.17""#)], "python3 lacks scikit-learn, skl2onnx"),
            (["python3": "echo 'no module named venv' >&2; exit 1"], "no module named venv"),
            (["python3": "exit 7"], "it exited with 7"),
            (["python3": "printf '\\377\\377\\377\\377\\377\\377\\377\\377'"], "exited with 0"),
        ] as [([String: String], String)])
    func whatIsMissingIsSaid(programs: [String: String], message: String) async throws {
        let environment = try Programs(programs).environment
        let held = try Programs(programs)
        let error = await #expect(throws: TrainingError.self) {
            try await TrainerChoice(environment: held.environment).trainer(isNative: false)
        }
        #expect(error?.code == .trainerMissing)
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "no error")")
        #expect(error?.suggestion?.contains("prisml python setup") ?? false)
        _ = environment
    }

    @Test func setupMakesAnEnvironmentAndInstallsWhatIsNeeded() async throws {
        let python = """
            printf '%s\\n' "$*" >>"$(dirname "$0")/calls"
            if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python3"; fi
            """
        let programs = try Programs(["python3": python])
        let environment = programs.environment
        try await environment.setUp()
        #expect(programs.read("calls") == "-m venv \(environment.folder)\n")
        let installed = programs.read("venv/bin/calls")
        #expect(installed.hasPrefix("-m pip install --disable-pip-version-check --quiet numpy"))
        for package in PythonEnvironment.packages { #expect(installed.contains(package) && PythonTrainer.dockerfile.contains(package)) }

        let broken = try Programs(["python3": "echo 'ensurepip is not available' >&2; exit 1"])
        let error = await #expect(throws: TrainingError.self) { try await broken.environment.setUp() }
        #expect(error?.message.contains("ensurepip is not available") ?? false)
    }

    /// What a native algorithm is told, its nearest one in Python is told, too.
    @Test func trendsAndPatienceReachTheNearestAlgorithm() {
        var boosting = TreeParameters()
        (boosting.monotone, boosting.earlyStoppingRounds) = ([1, 0, -1], 15)
        var forest = TreeParameters.forest(columns: 3, task: .binary)
        forest.monotone = [1, 0, -1]
        let parts: [(TreeParameters, [String])] = [
            (boosting, [#""monotone_constraints":"(1,0,-1)""#, #""early_stopping_rounds":15"#]), (forest, [#""monotonic_cst":[1, 0, -1]"#]),
        ]
        for (parameters, parts) in parts {
            guard case .estimator(_, let text) = PythonAlgorithm(nearestTo: .trees(parameters), task: .binary).source else { continue }
            for part in parts { #expect(text.contains(part), "\(text)") }
        }
    }
}
