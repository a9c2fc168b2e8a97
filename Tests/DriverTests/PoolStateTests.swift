import Prisma
import Testing

/// The pool's rules, without threads: events in, actions out, and a clock that the test moves.
@Suite struct PoolStateTests {
    final class Connection {
        let name: String
        init(_ name: String) { self.name = name }
    }

    struct Bench {
        var state: PoolState<Connection>
        var now = ContinuousClock.now

        init(maximum: Int = 2, timeout: Duration = .seconds(10), idleLifetime: Duration? = nil) {
            state = PoolState(limits: PoolLimits(maximum: maximum, timeout: timeout, idleLifetime: idleLifetime))
        }

        mutating func advance(_ duration: Duration) { now += duration }

        mutating func take() -> String? {
            var closed: [Connection] = []
            let taken = state.takeIdle(now: now, close: &closed)
            if let taken { held[taken.name] = taken }
            self.closed += closed.map(\.name)
            return taken?.name
        }

        mutating func wait() -> [String] {
            let id = state.makeWaiter()
            return describe(state.wait(id, now: now))
        }

        mutating func connected(_ name: String) -> [String] { describe(state.connected(Connection(name), now: now)) }

        mutating func failed(_ code: PrismaError.Code) -> [String] { describe(state.connectFailed(PrismaError(code, "no"))) }

        mutating func release(_ name: String, reusable: Bool = true) -> [String] {
            guard let connection = held.removeValue(forKey: name) else { return ["\(name) was not leased"] }
            return describe(state.release(connection, isReusable: reusable, now: now))
        }

        mutating func expire() -> [String] { describe(state.expire(now: now)) }
        mutating func close() -> [String] { describe(state.close()) }
        mutating func didClose() -> [String] { describe(state.didClose()) }

        var held: [String: Connection] = [:]
        var closed: [String] = []

        mutating func describe(_ actions: [PoolState<Connection>.Action]) -> [String] {
            actions.map { action in
                switch action {
                case .hand(let connection, let id):
                    held[connection.name] = connection
                    return "\(connection.name) to \(id)"
                case .fail(let failure, let id): return "\(id): \(failure.error.code)"
                case .connect(let pause): return pause == .zero ? "connect" : "connect after \(pause)"
                case .close(let connection): return "close \(connection.name)"
                case .finish: return "finish"
                }
            }
        }
    }

    @Test func connectionsOpenOnDemandUpToTheMaximum() {
        var bench = Bench(maximum: 2)
        #expect(bench.take() == nil)
        #expect(bench.wait() == ["connect"])
        #expect(bench.wait() == ["connect"])
        #expect(bench.wait() == [])
        #expect(bench.connected("a") == ["a to 0"])
        #expect(bench.connected("b") == ["b to 1"])
        #expect(bench.release("b") == ["b to 2"])
        #expect(bench.release("b") == [])
        #expect(bench.take() == "b")
        #expect(bench.take() == nil)
    }

    @Test func theLongestWaitingIsServedFirstAndTheLastUsedIsGivenFirst() {
        var bench = Bench(maximum: 2)
        _ = bench.wait()
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.connected("b")
        _ = bench.release("a")
        _ = bench.release("b")
        #expect(bench.take() == "b")
        #expect(bench.take() == "a")
        _ = bench.wait()
        _ = bench.wait()
        // Nobody overtakes those who wait.
        #expect(bench.release("a") == ["a to 2"])
        #expect(bench.release("b") == ["b to 3"])
    }

    @Test func waitingEndsAtTheDeadline() {
        var bench = Bench(maximum: 1, timeout: .seconds(10))
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.wait()
        bench.advance(.seconds(4))
        _ = bench.wait()
        bench.advance(.seconds(5))
        #expect(bench.expire() == [])
        bench.advance(.seconds(1))
        #expect(bench.expire() == ["1: P2024"])
        bench.advance(.seconds(4))
        #expect(bench.expire() == ["2: P2024"])
        #expect(bench.release("a") == [])
        #expect(bench.state.idleCount == 1)
    }

    @Test func aTimeoutTellsTheLastConnectError() {
        var bench = Bench(maximum: 2, timeout: .seconds(1))
        _ = bench.wait()
        _ = bench.connected("a")
        let id = bench.state.makeWaiter()
        _ = bench.describe(bench.state.wait(id, now: bench.now))
        _ = bench.describe(bench.state.connectFailed(PrismaError(.unreachable, "Can't reach the server.", help: "Start it.")))
        bench.advance(.seconds(2))
        guard case .fail(let failure, _) = bench.state.expire(now: bench.now).first else {
            Issue.record("nobody expired")
            return
        }
        #expect(failure.error.code == .poolTimeout)
        #expect(failure.error.message.contains("P1001: Can't reach the server."))
        #expect(failure.error.help == "Start it.")
    }

    @Test func aCancelledCallerIsForgotten() {
        var bench = Bench(maximum: 1)
        _ = bench.wait()
        let (first, second) = (bench.state.cancel(waiter: 0), bench.state.cancel(waiter: 0))
        #expect(first && !second)
        #expect(bench.connected("a") == [])
        #expect(bench.take() == "a")
    }

    @Test func aServerThatNeverAnsweredFailsAllAtOnce() {
        var bench = Bench(maximum: 1)
        _ = bench.wait()
        _ = bench.wait()
        #expect(bench.failed(.unreachable) == ["0: P1001", "1: P1001"])
        // The next caller tries again, after a pause.
        #expect(bench.wait() == ["connect after 0.05 seconds"])
        #expect(bench.connected("a") == ["a to 2"])
    }

    @Test func aServerThatWentAwayIsWaitedFor() {
        var bench = Bench(maximum: 2)
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.wait()
        #expect(bench.failed(.unreachable) == ["connect after 0.05 seconds"])
        #expect(bench.failed(.unreachable) == ["connect after 0.1 seconds"])
        for _ in 0..<10 { _ = bench.failed(.unreachable) }
        #expect(bench.failed(.unreachable) == ["connect after 1.0 seconds"])
        #expect(bench.connected("b") == ["b to 1"])
        // A wrong password does not get better.
        _ = bench.release("a", reusable: false)
        _ = bench.wait()
        #expect(bench.failed(.authenticationFailed) == ["2: P1000"])
    }

    @Test func deadConnectionsAreReplaced() {
        var bench = Bench(maximum: 1)
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.wait()
        #expect(bench.release("a", reusable: false) == ["close a", "connect"])
        #expect(bench.connected("b") == ["b to 1"])
    }

    @Test func connectionsThatLayIdleTooLongLeave() {
        var bench = Bench(maximum: 2, idleLifetime: .seconds(300))
        _ = bench.wait()
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.connected("b")
        _ = bench.release("a")
        bench.advance(.seconds(200))
        _ = bench.release("b")
        bench.advance(.seconds(200))
        #expect(bench.take() == "b")
        #expect(bench.closed == [])
        #expect(bench.take() == nil)
        #expect(bench.closed == ["a"])
    }

    @Test func closingWaitsForLeasesAndFailsThoseWhoWait() {
        var bench = Bench(maximum: 2)
        _ = bench.wait()
        _ = bench.wait()
        _ = bench.connected("a")
        _ = bench.connected("b")
        _ = bench.release("a")
        _ = bench.take()
        _ = bench.wait()
        #expect(bench.close() == ["2: P1017"])
        #expect(bench.wait() == ["3: P1017"])
        #expect(bench.take() == nil)
        #expect(bench.release("a") == ["close a"])
        #expect(bench.didClose() == [])
        #expect(bench.release("b") == ["close b"])
        #expect(bench.didClose() == ["finish"])
        #expect(bench.close() == ["finish"])
    }

    @Test func aConnectionThatArrivesAfterClosingIsClosed() {
        var bench = Bench(maximum: 1)
        _ = bench.wait()
        #expect(bench.close() == ["0: P1017"])
        #expect(bench.connected("late") == ["close late"])
        #expect(bench.didClose() == ["finish"])
    }

    /// Random events: nobody is lost, nobody is served twice, the maximum holds.
    @Test(arguments: 0..<50)
    func invariantsHoldUnderRandomEvents(_ seed: Int) {
        var random = Random(seed: UInt64(seed))
        var bench = Bench(maximum: 1 + seed % 4, timeout: .seconds(5))
        var waiting: Set<String> = []
        var answered: Set<String> = []
        var connecting = 0
        var made = 0
        func observe(_ lines: [String]) {
            for line in lines {
                if line.hasPrefix("connect") { connecting += 1 }
                let id =
                    line.contains(" to ") ? line.split(separator: " ").last : line.contains(": P") ? line.split(separator: ":").first : nil
                guard let id else { continue }
                #expect(waiting.remove(String(id)) != nil, "\(line) for nobody")
                #expect(answered.insert(String(id)).inserted, "\(line) a second time")
            }
        }
        for _ in 0..<400 {
            switch random.next(6) {
            case 0, 1:
                guard bench.take() == nil else { break }
                let id = bench.state.makeWaiter()
                waiting.insert("\(id)")
                observe(bench.describe(bench.state.wait(id, now: bench.now)))
            case 2 where connecting > 0:
                connecting -= 1
                made += 1
                observe(bench.connected("c\(made)"))
            case 3 where connecting > 0:
                connecting -= 1
                observe(bench.failed(.unreachable))
            case 4:
                if let name = bench.held.keys.sorted().first { observe(bench.release(name, reusable: random.next(4) > 0)) }
            default:
                bench.advance(.milliseconds(Int64(random.next(1500))))
                observe(bench.expire())
            }
            #expect(bench.held.count == bench.state.leased)
            #expect(bench.state.connecting == connecting)
            #expect(bench.state.leased + bench.state.idleCount + connecting <= bench.state.limits.maximum)
            #expect(bench.state.waiterCount == waiting.count)
            #expect(waiting.isEmpty || bench.state.idleCount == 0, "somebody waits although a connection is idle")
            #expect(waiting.isEmpty || bench.state.leased + connecting > 0, "somebody waits for nothing")
        }
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct Random {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
