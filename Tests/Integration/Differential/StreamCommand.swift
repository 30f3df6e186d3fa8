/// One request of a generated stream. CAS values differ from server to server, so they are filled in from what each
/// server said last about the key.
struct StreamCommand {
  enum Part {
    case bytes([UInt8])
    /// The key's CAS value, plus this.
    case cas(key: Int, plus: Int)
    /// The name of a key, base64 if asked for.
    case key(Int, base64: Bool = false)
  }

  var parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  /// Of a key that was not there when it was last looked at, one that is surely older or surely newer: memcached counts
  /// from 1, hearthd from the time in nanoseconds, near 2^61.
  private static func version(_ known: UInt64?, plus: Int) -> UInt64 {
    guard let known else { return plus > 0 ? 1 << 63 : 1 }
    return plus < 0 && known < plus.magnitude ? 1 : known &+ UInt64(bitPattern: Int64(plus))
  }

  /// The bytes for one server.
  func bytes(_ keys: StreamKeys, cas: [Int: UInt64]) -> [UInt8] {
    parts.flatMap { part -> [UInt8] in
      switch part {
      case .bytes(let bytes): bytes
      case .cas(let key, let plus): Array(String(Self.version(cas[key], plus: plus)).utf8)
      case .key(let key, let base64): base64 ? keys.base64(key) : keys.name(key)
      }
    }
  }
}

/// The keys of one run: texts and numbers, their names marked with a tag of its own, so that runs share a server.
struct StreamKeys {
  static let texts = 0..<5
  static let numbers = 5..<8
  static let all = 0..<8

  /// Four characters.
  let tag: String

  init(run: Int) {
    let digits = String(run, radix: 36)
    tag = String(repeating: "0", count: 4 - min(4, digits.count)) + digits.suffix(4)
  }

  func name(_ key: Int) -> [UInt8] { Array("\(tag)\(Self.numbers.contains(key) ? "num" : "key")\(key)".utf8) }

  /// RFC 4648, section 4.
  func base64(_ key: Int) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let name = name(key)
    var text: [UInt8] = []
    for start in stride(from: 0, to: name.count, by: 3) {
      let group = Array(name[start..<min(start + 3, name.count)])
      let padded = group + [UInt8](repeating: 0, count: 3 - group.count)
      let bits = padded.reduce(0) { $0 << 8 | Int($1) }
      for i in 0..<4 {
        text.append(i <= group.count ? alphabet[bits >> (18 - 6 * i) & 63] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
