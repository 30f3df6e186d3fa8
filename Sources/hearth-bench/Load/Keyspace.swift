import CHearth

/// Keys and values as functions of a key's number: what a set sends is what every later get must return, and
/// verification is a memory comparison. Values are slices of one block of random bytes (with CR, LF and NUL
/// among them, so that a server that looks into values is found out).
final class Keyspace: @unchecked Sendable {
  /// Values start at one of this many offsets into the random bytes.
  static let offsets = 65_536
  static let sizeTableLength = 4096
  /// Sixteen hexadecimal digits tell keys apart; the rest of a key is constant.
  static let shortestKey = 16

  let view: KeyspaceView
  let longestValue: Int

  /// Keys `PREFIX` digits `SUFFIX`.
  convenience init(prefix: String, suffix: String = "", valueSize: SizeDistribution, numeric: Bool = false) {
    self.init(
      keySize: prefix.utf8.count + Self.shortestKey + suffix.utf8.count, valueSize: valueSize,
      numeric: numeric,
      filler: prefix, suffix: suffix)
  }

  /// - Parameters:
  ///   - longestValue: for callers that bring their own sizes; at least the distribution's maximum.
  ///   - filler: what stands before the digits, cut or repeated to the size of the key; not empty.
  ///   - suffix: what stands after them.
  init(
    keySize: Int, valueSize: SizeDistribution, ttl: TTLMix = .none, numeric: Bool = false,
    longestValue: Int = 0, filler: String = "hearth-bench:", suffix: String = ""
  ) {
    precondition((Self.shortestKey + suffix.utf8.count...250).contains(keySize), "key sizes are 16...250")
    let template = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    let digits = keySize - suffix.utf8.count - Self.shortestKey
    let text = Array(filler.utf8)
    for i in 0..<256 { template[i] = text[i % text.count] }
    for (i, byte) in suffix.utf8.enumerated() { template[digits + Self.shortestKey + i] = byte }

    let sizes = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.sizeTableLength)
    var longest = max(longestValue, 20)
    for i in 0..<Self.sizeTableLength {
      let size =
        numeric
        ? 10 : valueSize.size(atQuantile: (Double(i) + 0.5) / Double(Self.sizeTableLength))
      sizes[i] = UInt32(size)
      longest = max(longest, size)
    }
    let ttls = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.sizeTableLength)
    for i in 0..<Self.sizeTableLength { ttls[i] = ttl.seconds(forBits: UInt64(i) << 52) }

    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.offsets + longest + 8)
    var random = SplitMix64(seed: 0x6865_6172_7468)
    var i = 0
    while i < Self.offsets + longest {
      let word = random.next()
      withUnsafeBytes(of: word) { hearth_copy(bytes + i, $0.baseAddress!, 8) }
      i += 8
    }
    if numeric { for i in 0..<(Self.offsets + longest) { bytes[i] = UInt8(ascii: "1") } }

    self.longestValue = longest
    view = KeyspaceView(
      keySize: keySize, digits: digits, template: template, pattern: bytes, sizes: sizes, ttls: ttls)
  }

  deinit {
    view.template.deallocate()
    view.pattern.deallocate()
    view.sizes.deallocate()
    view.ttls.deallocate()
  }
}
