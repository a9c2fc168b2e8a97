import Foundation

/// Accepts connections by leaving them in the queue.
public final class SilentListener: Sendable {
    public let port: Int
    private let handle: Int32

    public init() throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let handle = handle
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, size) == 0 && listen(handle, 5) == 0 && getsockname(handle, $0, &size) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(handle)
    }
}
