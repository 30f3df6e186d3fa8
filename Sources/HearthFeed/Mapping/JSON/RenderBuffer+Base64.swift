extension RenderBuffer {
  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  /// Writes base64 with padding (RFC 4648, section 4).
  public mutating func appendBase64(_ source: UnsafeRawBufferPointer) {
    let alphabet = Self.alphabet.utf8Start
    let length = (source.count + 2) / 3 * 4
    let target = room(length).assumingMemoryBound(to: UInt8.self)
    var i = 0
    var j = 0
    while i < source.count {
      let second = i + 1 < source.count
      let third = i + 2 < source.count
      let group =
        Int(source[i]) << 16 | (second ? Int(source[i + 1]) << 8 : 0) | (third ? Int(source[i + 2]) : 0)
      target[j] = alphabet[group >> 18]
      target[j + 1] = alphabet[group >> 12 & 63]
      target[j + 2] = second ? alphabet[group >> 6 & 63] : UInt8(ascii: "=")
      target[j + 3] = third ? alphabet[group & 63] : UInt8(ascii: "=")
      i += 3
      j += 4
    }
    commit(length)
  }
}
