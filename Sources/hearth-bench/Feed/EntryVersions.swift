/// What a reply to a get says of the rows' versions.
enum EntryVersions {
  /// By the rows' numbers. Values are JSON in which `"version":` comes once.
  static func of(_ reply: String) -> [Int: UInt64] {
    var versions: [Int: UInt64] = [:]
    var id: Int?
    for line in reply.utf8.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
      if line.starts(with: "VALUE ".utf8) {
        let key = line.dropFirst(6).prefix { $0 != 0x20 }
        id = number(key.dropFirst(FeedTable.prefix.utf8.count)).map { Int($0) }
      } else if let row = id {
        versions[row] = version(in: line)
        id = nil
      }
    }
    return versions
  }

  private static let member = Array(#""version":"#.utf8)

  private static func version(in line: Substring.UTF8View) -> UInt64? {
    var rest = line
    while !rest.isEmpty {
      if rest.starts(with: member) { return number(rest.dropFirst(member.count)) }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// The digits at the beginning.
  private static func number(_ text: Substring.UTF8View) -> UInt64? {
    var value: UInt64?
    for byte in text {
      guard byte >= 0x30, byte <= 0x39 else { break }
      value = (value ?? 0) &* 10 &+ UInt64(byte - 0x30)
    }
    return value
  }
}
