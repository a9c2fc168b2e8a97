import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct CompletionTests {
    @Test(arguments: Shell.allCases.filter { Program.path(of: $0.rawValue) != nil }, [Command.prisml, SampleCommands.root])
    func `The shell itself accepts the script`(shell: Shell, root: Command) throws {
        let path = try #require(Program.path(of: shell.rawValue))
        let folder = try TemporaryFolder()
        let script = try folder.write(Completion(root: root).script(for: shell), to: "script")
        let run = try Program.run(path, ["-n", script])
        #expect(run.code == 0)
        #expect(run.errors == "")
    }

    /// What a person has typed, and what is offered; the last word is the one at the cursor.
    static let offers: [(words: [String], offered: [String])] = [
        (["sample", ""], ["paint", "help", "models", "--help", "-h", "--version", "-v"]),
        (["sample", "mo"], ["models"]),
        (["sample", "models", ""], ["list", "show", "--help", "-h"]),
        (["sample", "models", "l"], ["list"]),
        (["sample", "paint", "--co"], ["--colour"]),
        (["sample", "paint", "--colour", ""], ["red", "green", "blue"]),
        (["sample", "paint", "--colour", "=", "g"], ["green"]),
        (["sample", "paint", "--port", ""], []),
        (["sample", "help", "p"], ["paint"]),
    ]

    @Test(arguments: offers)
    func `bash offers what may follow`(words: [String], offered: [String]) throws {
        let bash = try #require(Program.path(of: "bash"))
        let line = words.map(Completion.quoted).joined(separator: " ")
        let ask = "COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); _sample; printf '%s\\n' \"${COMPREPLY[@]}\""
        let run = try Program.run(bash, ["-c", Completion(root: SampleCommands.root).bash + ask])
        #expect(run.output.split(separator: "\n").map(String.init) == offered)
        #expect(run.errors == "")
    }

    @Test func `bash offers files where a file is wanted`() throws {
        let bash = try #require(Program.path(of: "bash"))
        let folder = try TemporaryFolder()
        _ = try folder.write("", to: "a file.prisma")
        let ask = "cd '\(folder.path)'; COMP_WORDS=(sample paint --schema a); COMP_CWORD=3; _sample; printf '%s\\n' \"${COMPREPLY[@]}\""
        let run = try Program.run(bash, ["-c", Completion(root: SampleCommands.root).bash + ask])
        #expect(run.output == "a file.prisma\n")
    }

    @Test(
        .enabled(if: Program.path(of: "fish") != nil),
        arguments: [
            ("sample mo", ["models"]), ("sample models ", ["list", "show"]), ("sample paint --co", ["--colour"]),
            ("sample paint --colour ", ["blue", "green", "red"]), ("sample paint --colour=g", ["--colour=green"]),
            ("sample help p", ["paint"]),
        ])
    func `fish offers what may follow`(typed: String, offered: [String]) throws {
        let fish = try #require(Program.path(of: "fish"))
        let ask = "complete -C '\(typed)'"
        let run = try Program.run(fish, ["--no-config", "-c", Completion(root: SampleCommands.root).fish + ask])
        let words = run.output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(words.sorted() == offered)
    }

    @Test(
        .enabled(if: Program.path(of: "zsh") != nil),
        arguments: [
            (["sample", "mo"], "commands paint help models"), (["sample", "models", ""], "commands list show"),
            (["sample", "paint", "--colour", ""], "compadd -- red green blue"), (["sample", "paint", "--schema", ""], "_files"),
            (["sample", "paint", "--schema=x"], "_files"),
        ])
    func `zsh offers what may follow`(words: [String], offered: String) throws {
        let zsh = try #require(Program.path(of: "zsh"))
        // The functions of zsh's completion system, reduced to saying what they were asked to offer.
        let stage = """
            compdef() { : }; compset() { : }; _files() { print _files }; _message() { : }
            compadd() { print -r -- compadd "$@" }
            _describe() { [[ $2 == commands ]] && print -r -- $2 ${(P)4%%:*} || : }

            """
        let line = words.map(Completion.quoted).joined(separator: " ")
        let ask = "words=(\(line)); CURRENT=\(words.count); _sample"
        let run = try Program.run(zsh, ["-f", "-c", stage + Completion(root: SampleCommands.root).zsh + ask])
        #expect(run.output.split(separator: "\n").first.map(String.init) == offered)
        #expect(run.errors == "")
    }
}
