/// The value that the clients store: which computation made it and when that began, so that a reader can tell how
/// old its data is. Text, padded to a fixed size.
struct HerdValue: Equatable, Sendable {
  let ticket: UInt64
  /// Nanoseconds of the monotonic clock.
  let computedAt: UInt64

  /// Bytes of every value.
  static let size = 512

  var bytes: [UInt8] {
    var bytes = Array("\(ticket) \(computedAt) ".utf8)
    bytes += [UInt8](repeating: UInt8(ascii: "."), count: Self.size - bytes.count)
    return bytes
  }

  init(ticket: UInt64, computedAt: UInt64) {
    self.ticket = ticket
    self.computedAt = computedAt
  }

  /// Nil when the bytes are not such a value.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == Self.size else { return nil }
    var position = 0
    guard let ticket = Self.number(bytes, &position), let time = Self.number(bytes, &position) else {
      return nil
    }
    for i in position..<bytes.count where bytes[i] != UInt8(ascii: ".") { return nil }
    self.init(ticket: ticket, computedAt: time)
  }

  /// Digits and the blank after them.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt64? {
    var value: UInt64 = 0
    let start = position
    while position < bytes.count, position - start < 21 {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: " ") { return position > start + 1 ? value : nil }
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(UInt64(byte - 0x30))
      if tooLarge || carried { return nil }
      value = sum
    }
    return nil
  }
}
