import HearthProtocol
import Testing

@Suite("UDP frames")
struct UDPFrameTests {
  @Test(
    "requests",
    arguments: [
      ([0x12, 0x34, 0, 0, 0, 1, 0, 0, 0x6d], 0x1234),
      ([0xff, 0xff, 0, 9, 0, 1, 0xaa, 0xbb, 0x6d], 0xffff),
      ([0x12, 0x34, 0, 0, 0, 1, 0, 0], nil),
      ([0x12, 0x34, 0, 0, 0, 1], nil),
      ([], nil),
      ([0x12, 0x34, 0, 0, 0, 2, 0, 0, 0x6d], nil),
      ([0x12, 0x34, 0, 0, 1, 1, 0, 0, 0x6d], nil),
      ([0x12, 0x34, 0, 0, 0, 0, 0, 0, 0x6d], nil),
    ] as [([UInt8], UInt16?)])
  func requests(_ datagram: [UInt8], _ id: UInt16?) {
    datagram.withUnsafeBytes { #expect(UDPFrame.requestID($0) == id) }
  }

  @Test("a reply is cut into full datagrams and a rest")
  func split() {
    #expect(UDPFrame.payloadSize == 1392)
    #expect(UDPFrame.datagrams(0) == 0)
    #expect(UDPFrame.datagrams(1) == 1)
    #expect(UDPFrame.datagrams(1392) == 1)
    #expect(UDPFrame.datagrams(1393) == 2)
    #expect(UDPFrame.payload(0, of: 3000) == 0..<1392)
    #expect(UDPFrame.payload(1, of: 3000) == 1392..<2784)
    #expect(UDPFrame.payload(2, of: 3000) == 2784..<3000)
    #expect(UDPFrame.datagrams(UDPFrame.longestReply) == 65535)
  }

  @Test("frames are big endian")
  func header() {
    var bytes = [UInt8](repeating: 0xee, count: 9)
    bytes.withUnsafeMutableBytes {
      UDPFrame.writeHeader(id: 0x1234, sequence: 0x0102, datagrams: 0xfffe, $0.baseAddress!)
    }
    #expect(bytes == [0x12, 0x34, 0x01, 0x02, 0xff, 0xfe, 0, 0, 0xee])
  }

  @Test(
    "no amplifier",
    arguments: [
      (1392, 20, true), (1393, 20, false), (1393, 141, true), (2000, 201, false), (2000, 202, true),
    ])
  func amplification(_ reply: Int, _ request: Int, _ allowed: Bool) {
    #expect(UDPFrame.mayAnswer(reply: reply, to: request) == allowed)
  }
}
