/// Values that prove themselves: they begin with their key and end with a checksum, so that whatever a client gets can
/// be judged without knowing who wrote it.
enum Evidence {
  /// About `size` bytes, at least what the proof takes.
  static func value(_ key: String, size: Int, seed: UInt64) -> [UInt8] {
    let head = Array("\(key) ".utf8)
    var random = SplitMix64(seed: seed)
    let count = max(size, head.count + 8)
    var bytes = [UInt8](unsafeUninitializedCapacity: count) { raw, initialized in
      var at = raw.initialize(fromContentsOf: head)
      while at < count {
        var word = random.next()
        for _ in 0..<min(8, count - at) {
          raw.initializeElement(at: at, to: UInt8(truncatingIfNeeded: word))
          word >>= 8
          at += 1
        }
      }
      initialized = count
    }
    let proof = checksum(bytes)
    for i in 0..<8 { bytes[count - 8 + i] = UInt8(truncatingIfNeeded: proof >> (8 * i)) }
    return bytes
  }

  /// Why the value does not belong to the key; nil when it does.
  static func fault(_ value: [UInt8], of key: String) -> String? {
    guard value.count >= 8 else { return "\(key) holds \(value.count) bytes: \(printable(value))" }
    let start = printable(Array(value.prefix(100)))
    guard value.starts(with: "\(key) ".utf8) else {
      return "\(key) holds what was never stored there: \(start)"
    }
    let proof = value.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: value.count - 8, as: UInt64.self) }
    if proof.littleEndian == checksum(value) { return nil }
    return "\(key) holds \(value.count) bytes whose checksum is wrong: \(start)"
  }

  /// Over the length and all bytes but the last eight, eight at a time in the manner of FNV-1a.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(raw.count)
      var at = 0
      while at + 8 <= raw.count - 8 {
        hash = (hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x100_0000_01b3
        hash ^= hash >> 29
        at += 8
      }
      while at < raw.count - 8 {
        hash = (hash ^ UInt64(raw[at])) &* 0x100_0000_01b3
        at += 1
      }
      return hash
    }
  }
}
