import CHearth
import Testing

/// The kernel's messages about addresses, as bytes (rtnetlink(7)).
@Suite struct NetlinkMessageTests {
  private static let newAddress: UInt16 = 20
  private static let deletedAddress: UInt16 = 21
  private static let ipv4: [UInt8] = [10, 0, 0, 100]

  private static func words<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  private static func message(_ type: UInt16, flags: UInt16 = 0, _ body: [UInt8]) -> [UInt8] {
    let header =
      words(UInt32(16 + body.count)) + words(type) + words(flags) + words(UInt32(0)) + words(UInt32(0))
    return header + body
  }

  private static func attribute(_ type: UInt16, _ bytes: [UInt8]) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    return words(UInt16(4 + bytes.count)) + words(type) + bytes + padding
  }

  /// `struct ifaddrmsg` and attributes.
  private static func address(_ attributes: [UInt8], interface: UInt32 = 7, flags: UInt8 = 0) -> [UInt8] {
    [2, 32, flags, 0] + words(interface) + attributes
  }

  private static func read(_ bytes: [UInt8]) -> [(kind: UInt32, interface: UInt32, address: [UInt8])] {
    // Aligned as the receiving buffer is, and no longer than the bytes, so that a sanitizer sees what is read beyond.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
    defer { memory.deallocate() }
    memory.copyMemory(from: bytes, byteCount: bytes.count)
    var result: [(kind: UInt32, interface: UInt32, address: [UInt8])] = []
    var offset = 0
    while offset < bytes.count {
      var message = hearth_address_message()
      let next = hearth_netlink_next(memory, bytes.count, offset, &message)
      precondition(next > offset)
      offset = next
      let text = withUnsafeBytes(of: message.address) { Array($0.prefix(Int(message.length))) }
      result.append((message.kind, message.interface, text))
    }
    return result
  }

  @Test func `an address that comes and goes`() {
    let local = Self.attribute(2, Self.ipv4)
    let bytes =
      Self.message(Self.newAddress, Self.address(local))
      + Self.message(Self.deletedAddress, Self.address(local))
    let news = Self.read(bytes)
    #expect(news.map(\.kind) == [UInt32(HEARTH_ADDRESS_ADDED), UInt32(HEARTH_ADDRESS_REMOVED)])
    #expect(news.allSatisfy { $0.interface == 7 && $0.address == Self.ipv4 })
  }

  @Test func `of a point-to-point interface the own end counts`() {
    let both = Self.attribute(1, [10, 0, 0, 1]) + Self.attribute(2, Self.ipv4)
    #expect(Self.read(Self.message(Self.newAddress, Self.address(both)))[0].address == Self.ipv4)
  }

  @Test(arguments: [(UInt32(0x40), false), (0x08, false), (0x44, true), (0x80, true), (0x100, true)])
  func `an IPv6 address counts once nobody else has it`(flags: UInt32, isUsable: Bool) {
    let ipv6 = [UInt8](0..<16)
    let attributes = Self.attribute(1, ipv6) + Self.attribute(8, Self.words(flags))
    let news = Self.read(Self.message(Self.newAddress, Self.address(attributes)))
    #expect(news[0].kind == UInt32(isUsable ? HEARTH_ADDRESS_ADDED : HEARTH_ADDRESS_REMOVED))
    #expect(news[0].address == ipv6)
  }

  @Test func `the end of a list, and lists that are not to be believed`() {
    let done = Self.words(Int32(0))
    #expect(Self.read(Self.message(3, done))[0].kind == UInt32(HEARTH_ADDRESS_LIST_ENDS))
    #expect(Self.read(Self.message(3, flags: 0x10, done))[0].kind == UInt32(HEARTH_ADDRESS_LIST_FAILED))
    #expect(Self.read(Self.message(2, done))[0].kind == UInt32(HEARTH_ADDRESS_LIST_FAILED))
    #expect(Self.read(Self.message(16, done))[0].kind == UInt32(HEARTH_ADDRESS_OTHER))
  }

  @Test func `a message that is cut off says nothing`() {
    let whole = Self.message(Self.newAddress, Self.address(Self.attribute(2, Self.ipv4)))
    for count in 0..<whole.count {
      #expect(Self.read(Array(whole.prefix(count))).allSatisfy { $0.kind == UInt32(HEARTH_ADDRESS_OTHER) })
    }
    // An attribute that claims to be longer than its message.
    var long = whole
    long[24] = 200
    #expect(Self.read(long)[0].kind == UInt32(HEARTH_ADDRESS_OTHER))
  }
}
