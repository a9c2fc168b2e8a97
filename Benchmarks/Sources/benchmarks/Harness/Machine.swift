import Foundation

/// What the figures were measured on.
enum Machine {
    /// `AMD EPYC 7B13, 2 cores, Debian GNU/Linux 12 (bookworm), Swift 6.3.1, 2026-11-20`
    static var description: String {
        [processor, "\(ProcessInfo.processInfo.activeProcessorCount) cores", system, swift, day].joined(separator: ", ")
    }

    /// How much memory the process has at this moment.
    static var residentKilobytes: Int {
        #if os(Linux)
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1024 : 0
        #else
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss / 1024
        #endif
    }

    /// The most memory that this program has had at one time. Not `getrusage`'s figure, which begins with that of the program that started it.
    static var peakKilobytes: Int {
        #if os(Linux)
        value(of: "VmHWM", in: "/proc/self/status", separator: ":").flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        #else
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss / 1024
        #endif
    }

    private static var processor: String {
        #if os(Linux)
        value(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown processor"
        #else
        output(of: "sysctl", "-n", "machdep.cpu.brand_string") ?? "unknown processor"
        #endif
    }

    private static var system: String {
        value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")?.replacing("\"", with: "")
            ?? ProcessInfo.processInfo.operatingSystemVersionString
    }

    private static var swift: String {
        let words = output(of: "swift", "--version")?.split(separator: " ").map(String.init) ?? []
        guard let index = words.firstIndex(of: "version"), index + 1 < words.count else { return "Swift" }
        return "Swift \(words[index + 1])"
    }

    private static var day: String {
        Date.now.formatted(.iso8601.year().month().day())
    }

    private static func value(of key: String, in path: String, separator: Character) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") {
            let pieces = line.split(separator: separator, maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pieces.count == 2, pieces[0] == key { return pieces[1] }
        }
        return nil
    }

    private static func output(of program: String...) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = program
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let data = try? pipe.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
