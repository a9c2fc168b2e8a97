import Foundation

/// A prediction service in Python, and a connection to it that is kept open.
final class PredictionService {
    private let process = Process()
    private let lifeline = Pipe()
    private let connection: Int32

    init(model: String) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: try PythonPeers.environment("predictions"))
        process.arguments = [PythonPeers.file("service_peer.py"), model]
        process.standardInput = lifeline.fileHandleForReading
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw PythonPeers.Failure(description: "The service did not start: \(line)")
        }
        #if os(Linux)
        connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        connection = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var (yes, address) = (Int32(1), sockaddr_in())
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw PythonPeers.Failure(description: "The service takes no connection.") }
    }

    /// The probability for these features.
    func predict(_ features: [Float]) throws -> Double {
        let body = "[" + features.map { "\($0)" }.joined(separator: ",") + "]"
        let request =
            "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        guard request.utf8CString.withUnsafeBytes({ send(connection, $0.baseAddress, $0.count - 1, 0) }) == request.utf8.count else {
            throw PythonPeers.Failure(description: "The service went away.")
        }
        var answer = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Head and body may come apart; the body is one object.
        while !answer.hasSuffix("}") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { throw PythonPeers.Failure(description: "The service went away: \(answer)") }
            answer += String(decoding: buffer[..<count], as: UTF8.self)
        }
        guard let value = answer.split(separator: ":").last?.dropLast(), let probability = Double(value) else {
            throw PythonPeers.Failure(description: "The service answered \(answer)")
        }
        return probability
    }

    /// Ends the service.
    func stop() {
        close(connection)
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
