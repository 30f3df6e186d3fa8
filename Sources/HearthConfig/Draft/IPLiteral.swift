import Glibc

/// An IPv4 or IPv6 address without a port, comparable however it was written.
struct IPLiteral: Hashable, Sendable {
  /// 4 or 16 bytes, the highest first.
  let bytes: [UInt8]

  /// Nil: the text is something else, a name for example.
  init?(_ text: String) {
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      bytes = withUnsafeBytes(of: v4) { Array($0) }
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      bytes = withUnsafeBytes(of: v6) { Array($0) }
    } else {
      return nil
    }
  }

  private var isIPv6: Bool { bytes.count == 16 }

  /// 0.0.0.0 or `::`, which stand for every address.
  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  /// One machine alone can have it: not a group's, and good without naming an interface.
  var isUnicast: Bool {
    if isIPv6 {
      let isLinkLocal = bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
      return !isUnspecified && bytes[0] != 0xff && !isLinkLocal && !isMapped
    }
    return bytes[0] != 0 && bytes[0] < 224
  }

  /// The usual form: `10.0.0.100`, `2001:db8::1`.
  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count))
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
