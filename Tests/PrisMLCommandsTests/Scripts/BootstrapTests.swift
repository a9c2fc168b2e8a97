import Foundation
import TestSupport
import Testing

/// scripts/bootstrap on machines made of a few stand-in programs.
@Suite struct BootstrapTests {
    /// A PATH on which only what is named exists.
    private struct Machine {
        let folder: TemporaryFolder

        /// - Parameter here: the packages that are installed.
        init(_ here: [String], user: Int = 0, sudo: Bool? = nil, aptFails: Bool = false) throws {
            folder = try TemporaryFolder()
            for tool in ["bash", "env", "cat", "mktemp", "rm", "tail", "uname"] {
                let path = try #require(Program.path(of: tool))
                try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + tool, withDestinationPath: path)
            }
            try program("swift", "exit 0")
            try program("id", "echo \(user)")
            try program("uname", "echo Linux")
            try program("dpkg-query", "case ' \(here.joined(separator: " ")) ' in *\" ${!#} \"*) printf installed ;; *) exit 1 ;; esac")
            if here.contains("pkg-config") { try program("pkg-config", "exit 1") }
            try program("apt-get", "echo \"$@\" >>'\(folder.path)/log'; " + (aptFails ? "echo 'E: no network'; exit 100" : ""))
            if let sudo { try program("sudo", "[ \"$1\" = -n ] && exit \(sudo ? 0 : 1); echo sudo >>'\(folder.path)/log'; \"$@\"") }
            // PostgreSQL's server is looked for outside of PATH too, so it is always on this one.
            try program("initdb", "exit 0")
        }

        private func program(_ name: String, _ script: String) throws {
            try? FileManager.default.removeItem(atPath: folder.path + "/" + name)
            let path = try folder.write("#!/usr/bin/env bash\n\(script)\n", to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }

        func bootstrap(_ arguments: String...) throws -> (run: Program, log: String) {
            let bash = try #require(Program.path(of: "bash"))
            let script = Project.root.appending(path: "scripts/bootstrap").path
            let run = try Program.run(bash, [script] + arguments, environment: ["PATH": folder.path, "TMPDIR": folder.path])
            return (run, (try? folder.read("log")) ?? "")
        }
    }

    private static let all = ["pkg-config", "libsqlite3-dev", "libpq-dev", "libxgboost-dev"]

    @Test func `With everything here it does nothing and says nothing`() throws {
        let (run, log) = try Machine(Self.all).bootstrap()
        #expect(run.code == 0)
        #expect(run.output + run.errors + log == "")
    }

    @Test func `As root it installs what is missing and says why`() throws {
        let (run, log) = try Machine(["pkg-config", "libpq-dev"]).bootstrap()
        #expect(run.code == 0)
        #expect(log == "update\ninstall -y --no-install-recommends libsqlite3-dev libxgboost-dev\n")
        #expect(run.errors.contains("libsqlite3-dev   the SQLite driver is compiled against it"))
        #expect(!run.errors.contains("libpq-dev"))
    }

    @Test func `With sudo it installs through sudo`() throws {
        let (run, log) = try Machine(Array(Self.all.dropFirst()), user: 1000, sudo: true).bootstrap("build")
        #expect(run.code == 0)
        #expect(log == "sudo\nupdate\nsudo\ninstall -y --no-install-recommends pkg-config\n")
    }

    @Test(arguments: [nil, false])
    func `Without permission it says the line to run`(sudo: Bool?) throws {
        let (run, log) = try Machine(["pkg-config"], user: 1000, sudo: sudo).bootstrap()
        #expect(run.code == 1)
        #expect(log == "")
        #expect(
            run.errors.hasSuffix(
                "  sudo apt-get update && sudo apt-get install -y --no-install-recommends libsqlite3-dev libpq-dev libxgboost-dev\n"))
    }

    @Test func `A failure of apt-get shows its last lines and the line that failed`() throws {
        let (run, _) = try Machine([], aptFails: true).bootstrap()
        #expect(run.code == 1)
        #expect(run.errors.contains("E: no network\n"))
        #expect(run.errors.contains("apt-get install -y --no-install-recommends pkg-config libsqlite3-dev"))
    }

    @Test func `It lists without installing`() throws {
        let (run, log) = try Machine(["pkg-config"]).bootstrap("--list", "build")
        #expect(run.code == 0)
        #expect(run.output.contains("missing  libpq-dev"))
        #expect(!run.output.contains("postgresql "))
        #expect(log == "")
    }

    @Test func `An unknown argument exits with 2`() throws {
        #expect(try Machine(Self.all).bootstrap("everything").run.code == 2)
    }
}
