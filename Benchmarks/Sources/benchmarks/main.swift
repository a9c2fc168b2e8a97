import Foundation
import PrisMLTraining

// This program is its own training process, and the whole training that is measured as a program.
if let code = TrainingProcess.serve(CommandLine.arguments) {
    TrainingShop.noteMemory()
    exit(code)
}
if CommandLine.arguments.count == 4, CommandLine.arguments[1] == TrainingShop.pipelineArgument {
    try await TrainingShop.pipeline(CommandLine.arguments[2], CommandLine.arguments[3])
    exit(0)
}

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == TrainingShop.extractionArgument {
    try await TrainingShop.extraction(CommandLine.arguments[2])
    exit(0)
}

/// `benchmarks [SUITE]... [--save] [--quick] [--only=NAME]`: measures all suites or those that are named, and prints a table for each.
let words = CommandLine.arguments.dropFirst()
let names = words.filter { !$0.hasPrefix("-") }
let only = words.first { $0.hasPrefix("--only=") }.map { String($0.dropFirst(7)) }
let options = Set(words.filter { $0.hasPrefix("-") && !$0.hasPrefix("--only=") })

let unknown = names.filter { name in !Suite.all.contains { $0.name == name } } + options.subtracting(["--save", "--quick"]).sorted()
guard unknown.isEmpty else {
    let known = Suite.all.map { "  \($0.name)  \($0.summary)" }.joined(separator: "\n")
    FileHandle.standardError.write(
        Data(
            "unknown: \(unknown.joined(separator: ", "))\nsuites:\n\(known)\noptions:\n  --save  write RESULTS.md\n  --quick  few repetitions\n  --only=NAME  only what has NAME in its name\n"
                .utf8))
    exit(2)
}

var effort = Runner.Effort()
if options.contains("--quick") {
    effort = Runner.Effort(time: .milliseconds(50), repetitions: 2...20, warmUp: .milliseconds(10), isQuick: true)
}

let versions = try await Libraries.versions
print("\(Machine.description); \(versions)\n")
let clock = ContinuousClock()
let start = clock.now
for suite in Suite.all where names.isEmpty || names.contains(suite.name) {
    var runner = Runner(effort: effort, only: only)
    try await suite.body(&runner)
    // Quick runs are smaller than what the targets speak of.
    let suite = runner.isQuick ? suite.withoutTargets : suite
    let report = Report(suite: suite, measurements: runner.measurements, notes: runner.notes, judged: runner.verdicts)
    print(report.text)
    if options.contains("--save") { try ResultsFile().save(report, versions: versions) }
}
print("took \((clock.now - start).formatted(.units(allowed: [.minutes, .seconds], width: .narrow)))")
