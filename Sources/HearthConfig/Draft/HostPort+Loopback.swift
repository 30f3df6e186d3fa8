import Glibc

extension HostPort {
  /// A literal of 127.0.0.0/8 or ::1, or `localhost`; other names could mean anything tomorrow.
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    var v4 = in_addr()
    if inet_pton(AF_INET, host, &v4) == 1 { return UInt32(bigEndian: v4.s_addr) >> 24 == 127 }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, host, &v6) == 1 else { return false }
    return withUnsafeBytes(of: v6) { raw in raw.dropLast().allSatisfy { $0 == 0 } && raw[15] == 1 }
  }
}
