import CDatabasePeers
import CXGBoostPeer
import Foundation
import TestSupport

/// What the figures depend on beside the machine.
enum Libraries {
    /// `SQLite 3.40.1, PostgreSQL 15.14, XGBoost 1.7.4, and from PyPI numpy 2.1.0 …`
    static var versions: String {
        get async throws {
            var parts = ["SQLite \(String(cString: peer_sqlite_version()))"]
            if PostgresTestServer.isUsable {
                let version = try await PostgresTestServer.shared().run("SHOW server_version")
                parts.append("PostgreSQL \(version.prefix { $0 != " " })")
            }
            var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
            XGBoostVersion(&major, &minor, &patch)
            parts.append("XGBoost \(major).\(minor).\(patch)")
            let packages = PythonPeers.packages
            if !packages.isEmpty { parts.append("from PyPI " + packages.joined(separator: " ")) }
            return parts.joined(separator: ", ")
        }
    }
}
