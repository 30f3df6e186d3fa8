/// What a Host header may say on loopback.
enum HostName {
  /// `localhost`, `127.0.0.1` (or another address of 127.0.0.0/8) or `[::1]`, with any port or none.
  static func isLoopback(_ host: String?) -> Bool {
    guard var name = host?.lowercased()[...] else { return false }
    let afterBracket = name.lastIndex(of: "]") ?? name.startIndex
    if let colon = name[afterBracket...].lastIndex(of: ":") {
      guard name[name.index(after: colon)...].utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return false }
      name = name[..<colon]
    }
    if name == "localhost" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { UInt8($0) != nil && !$0.hasPrefix("+") }
  }
}
