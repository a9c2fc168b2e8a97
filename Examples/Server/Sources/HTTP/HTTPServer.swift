import Foundation
import Synchronization

/// A plain HTTP/1.1 server: a thread for each connection, bounded in number, sizes and patience. It speaks no TLS.
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    public struct Limits: Sendable {
        /// How many connections are served at once; others wait in the system's queue.
        public var connections = 64
        public var headBytes = 16 * 1024
        public var bodyBytes = 1024 * 1024
        /// How long a client may take to send or to take something, in seconds.
        public var patience = 10

        public init() {}
    }

    /// What could not be done with the port.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The port that is listened on; the system chose it if 0 was asked for.
    public let port: Int
    private let listener: Int32
    private let limits: Limits
    private let handler: Handler
    private let slots: DispatchSemaphore
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        /// The connections that wait for a request.
        var idle: Set<Int32> = []
        var open = 0
    }

    /// Listens on a port of the loopback interface, or of all if `host` is "0.0.0.0".
    public init(host: String = "127.0.0.1", port: Int, limits: Limits = Limits(), handler: @escaping Handler) throws {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        var (yes, address) = (Int32(1), sockaddr_in())
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 128) == 0 && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else {
            let reason = String(cString: strerror(errno))
            _ = close(listener)
            throw Failure(description: "The server cannot listen on \(host):\(port): \(reason).")
        }
        self.listener = listener
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        self.limits = limits
        self.handler = handler
        slots = DispatchSemaphore(value: limits.connections)
        Thread { [self] in takeConnections() }.start()
    }

    /// Takes no more connections, and waits for the answers that are under way.
    public func stop() async {
        let idle = state.withLock { state in
            state.isStopping = true
            return state.idle
        }
        _ = shutdown(listener, Int32(SHUT_RDWR))
        for connection in idle { _ = shutdown(connection, Int32(SHUT_RD)) }
        while state.withLock({ $0.open > 0 }) { try? await Task.sleep(for: .milliseconds(5)) }
    }

    private func takeConnections() {
        while true {
            slots.wait()
            let connection = accept(listener, nil, nil)
            let isTaken =
                connection >= 0
                && state.withLock { state in
                    if !state.isStopping { state.open += 1 }
                    return !state.isStopping
                }
            if isTaken {
                Thread { [self] in
                    serve(Connection(connection, patience: limits.patience))
                    state.withLock { $0.open -= 1 }
                    slots.signal()
                }.start()
                continue
            }
            slots.signal()
            if connection >= 0 { _ = close(connection) }
            if state.withLock({ $0.isStopping }) { break }
        }
        _ = close(listener)
    }

    /// Answers the requests of a connection, one after the other.
    private func serve(_ connection: borrowing Connection) {
        var received: [UInt8] = []
        while true {
            let descriptor = connection.descriptor
            let mayWait = state.withLock { state in
                if !state.isStopping { state.idle.insert(descriptor) }
                return !state.isStopping
            }
            guard mayWait else { return }
            let read = connection.readRequest(&received, limits)
            state.withLock { _ = $0.idle.remove(descriptor) }
            switch read {
            case .closed: return
            case .refused(let status):
                let refusal = HTTPResponse.json(#"{"error": "The request is not one that is taken here."}"#, status: status)
                _ = connection.send(refusal.encoded(keepsOpen: false))
                // A client that is still sending would not read the refusal if the connection broke under it.
                connection.drain(atMost: 16 * limits.bodyBytes)
                return
            case .request(let request, let asksToKeep):
                let response = answer(request)
                let keepsOpen = asksToKeep && !state.withLock { $0.isStopping }
                guard connection.send(response.encoded(keepsOpen: keepsOpen)), keepsOpen else { return }
            }
        }
    }

    /// Runs the handler, which is asynchronous, while this connection's own thread waits.
    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        let reply = Reply()
        Task { [handler] in
            let response = await handler(request)
            reply.response.withLock { $0 = response }
            reply.isThere.signal()
        }
        reply.isThere.wait()
        return reply.response.withLock { $0 } ?? .json("{}", status: 500)
    }

    private final class Reply: Sendable {
        let response = Mutex<HTTPResponse?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }
}
