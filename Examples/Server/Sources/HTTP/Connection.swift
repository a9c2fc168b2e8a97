import Foundation

/// A connection that was taken; closed when it goes.
struct Connection: ~Copyable {
    let descriptor: Int32

    /// What came of waiting for a request.
    enum Reading {
        case request(HTTPRequest, keepsOpen: Bool)
        /// With the status that says why.
        case refused(Int)
        /// The client went, or said nothing for too long.
        case closed
    }

    init(_ descriptor: Int32, patience: Int) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        #if !os(Linux)
        var yes = Int32(1)
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit {
        _ = close(descriptor)
    }

    /// Reads one request; what came after it stays in `received`.
    func readRequest(_ received: inout [UInt8], _ limits: HTTPServer.Limits) -> Reading {
        let end = Array("\r\n\r\n".utf8)
        var searched = 0
        var headEnd: Int?
        while headEnd == nil {
            headEnd = received[searched...].firstRange(of: end)?.lowerBound
            if headEnd == nil {
                guard received.count <= limits.headBytes else { return .refused(431) }
                searched = max(0, received.count - end.count)
                guard receive(&received) else { return .closed }
            }
        }
        let start = headEnd ?? 0
        guard let text = String(validating: received[..<start], as: UTF8.self), let head = HTTPHead(text) else { return .refused(400) }
        guard head["transfer-encoding"] == nil else { return .refused(501) }
        guard let length = Int(head["content-length"] ?? "0"), length >= 0 else { return .refused(400) }
        guard length <= limits.bodyBytes else { return .refused(413) }
        if head["expect"]?.lowercased() == "100-continue", !send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) { return .closed }
        let bodyStart = start + end.count
        while received.count < bodyStart + length {
            guard receive(&received) else { return .closed }
        }
        let request = HTTPRequest(head.method, head.target, body: Array(received[bodyStart..<(bodyStart + length)]))
        received.removeFirst(bodyStart + length)
        return .request(request, keepsOpen: head.keepsOpen)
    }

    private func receive(_ received: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { received += buffer[..<count] }
            return count > 0
        }
    }

    /// Reads on, and forgets what comes, until the client is done or has sent too much.
    func drain(atMost limit: Int) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
        var rest = limit
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
            while rest > 0 {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard count > 0 else { return }
                rest -= count
            }
        }
    }

    /// Sends all of it, or says that the client no longer takes it.
    func send(_ bytes: [UInt8]) -> Bool {
        #if os(Linux)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        let flags = Int32(0)
        #endif
        return bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = systemSend(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}

/// `send` by a name that the method of a connection does not hide.
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
