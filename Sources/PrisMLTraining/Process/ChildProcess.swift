import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A process that was started here, and that may be killed from any thread until its end was seen.
final class ChildProcess: Sendable {
    private struct State {
        var id: pid_t?
        var isKilled = false
    }

    private let state = Mutex(State())

    /// How a process ended.
    enum End: CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        case unknown

        var description: String {
            switch self {
            case .exited(let code): "it exited with \(code)"
            case .signalled(let number): "signal \(number) (\(strsignal(number).map { String(cString: $0) } ?? "unknown"))"
            case .unknown: "nobody knows how"
            }
        }

        var suggestion: String {
            if case .signalled(SIGKILL) = self { return "Linux kills so when memory runs out: train on fewer rows, or with more memory" }
            return "train again; if it ends so again, report it with what it printed"
        }
    }

    /// Whether it was killed from here.
    var isKilled: Bool { state.withLock { $0.isKilled } }

    /// Starts a program and gives this end of a connection to it; the other end is the program's standard input.
    ///
    /// Its standard output goes nowhere, or into the connection if it `answers` there; its errors go where this process's go, or to a file.
    func start(
        _ program: String, _ arguments: [String], environment: [String], answers: Bool = false, errors: Int32? = nil
    ) throws -> Int32 {
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Self.failure("connect to a process", errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do {
            let id = try Self.spawn(program, arguments, environment, input: ends[1], answers: answers, errors: errors)
            _ = close(ends[1])
            state.withLock { state in
                state.id = id
                // Cancelled before it was there.
                if state.isKilled { _ = Self.signal(id, SIGKILL) }
            }
            return ends[0]
        } catch {
            for end in ends { _ = close(end) }
            throw error
        }
    }

    /// Ends it, now or as soon as it starts; `gently` lets it do so itself, for some seconds.
    func kill(gently: Bool = false) {
        state.withLock { state in
            state.isKilled = true
            if let id = state.id { _ = Self.signal(id, gently ? SIGTERM : SIGKILL) }
        }
        if gently { killLater(seconds: 5) }
    }

    /// Ends it if it is still there after some seconds.
    func killLater(seconds: Int) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
            self.state.withLock { state in
                if let id = state.id { _ = Self.signal(id, SIGKILL) }
            }
        }
    }

    /// Waits for its end. After this its number may be another process's, and is not used any more.
    func wait() -> End {
        guard let id = state.withLock({ $0.id }) else { return .unknown }
        // Waits without taking the end, so that a kill in between still meets this process.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        return state.withLock { state in
            state.id = nil
            var status: Int32 = 0
            while waitpid(id, &status, 0) == -1 {
                if errno != EINTR { return .unknown }
            }
            let number = status & 0x7F
            return number == 0 ? .exited((status >> 8) & 0xFF) : .signalled(number)
        }
    }

    private static func signal(_ id: pid_t, _ number: Int32) -> Int32 {
        #if canImport(Darwin)
        Darwin.kill(id, number)
        #elseif canImport(Musl)
        Musl.kill(id, number)
        #else
        Glibc.kill(id, number)
        #endif
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String], input: Int32, answers: Bool, errors: Int32?
    ) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        if answers {
            posix_spawn_file_actions_adddup2(&actions, input, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
        // What this process does with signals is not for its child: it starts with the system's habits.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        var status = posix_spawn(&id, program, &actions, &attributes, words, variables)
        // A program that was written a moment ago is busy while another process, started in that moment, still has its file open.
        for _ in 0..<20 where status == ETXTBSY {
            usleep(5000)
            status = posix_spawn(&id, program, &actions, &attributes, words, variables)
        }
        guard status == 0 else { throw failure("start \(program)", status) }
        return id
    }

    private static func failure(_ work: String, _ code: Int32) -> TrainingError {
        TrainingError(
            .trainerFailed, "the system could not \(work): \(String(cString: strerror(code)))",
            suggestion: "look at the limits for processes and open files")
    }
}
