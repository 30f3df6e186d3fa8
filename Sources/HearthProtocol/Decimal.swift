/// Numbers of the protocol. memcached reads most with its own strict routines, flags and exptime of the
/// storage commands with the C library's; both sets of rules are kept, clients see the difference.
extension LineCursor {
  /// Digits only, at most 22 of them, no sign.
  @inlinable
  func strictUInt64(_ token: ByteRange) -> UInt64? {
    let first = Int(token.start)
    let last = first + Int(token.count)
    if token.count == 0 || token.count > 22 { return nil }
    var value: UInt64 = 0
    for index in first..<last {
      let digit = byte(at: index) &- ASCII.zero
      if digit > 9 { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// Digits only, at most 11 of them, no sign.
  @inlinable
  func strictUInt32(_ token: ByteRange) -> UInt32? {
    if token.count > 11 { return nil }
    return strictUInt64(token).flatMap { UInt32(exactly: $0) }
  }

  /// At most 11 characters, digits with or without a minus.
  @inlinable
  func strictInt32(_ token: ByteRange) -> Int32? {
    if token.count == 0 || token.count > 11 { return nil }
    let negative = byte(at: Int(token.start)) == ASCII.minus
    let skip = negative ? 1 : 0
    let digits = ByteRange(start: Int(token.start) + skip, count: Int(token.count) - skip)
    guard let magnitude = strictUInt64(digits) else { return nil }
    return Int32(exactly: negative ? -Int64(magnitude) : Int64(magnitude))
  }

  /// strtol's rule, cut to 32 bits: a sign is fine, 2^32 is 0, what does not fit 64 bits is an error.
  func looseInt32(_ token: ByteRange) -> Int32? {
    guard let (negative, magnitude) = signed(token), magnitude <= UInt64(Int64.max) else { return nil }
    let value = negative ? -Int64(magnitude) : Int64(magnitude)
    return Int32(truncatingIfNeeded: value)
  }

  /// strtoul's rule, cut to 32 bits; a minus is an error (but for -0).
  func looseUInt32(_ token: ByteRange) -> UInt32? {
    guard let (negative, magnitude) = signed(token), !negative || magnitude == 0 else { return nil }
    return UInt32(truncatingIfNeeded: magnitude)
  }

  private func signed(_ token: ByteRange) -> (negative: Bool, magnitude: UInt64)? {
    if token.count == 0 { return nil }
    let first = byte(at: Int(token.start))
    var index = Int(token.start)
    if first == ASCII.minus || first == ASCII.plus { index += 1 }
    let last = Int(token.start) + Int(token.count)
    // The C library takes any number of leading zeros.
    let start = index
    while index < last, byte(at: index) == ASCII.zero { index += 1 }
    if index == last { return index > start ? (first == ASCII.minus, 0) : nil }
    guard let magnitude = strictUInt64(ByteRange(start: index, count: last - index)) else { return nil }
    return (first == ASCII.minus, magnitude)
  }
}
