import HearthCluster
import Testing

@Suite struct PeerFrameTests {
  @Test func `a header is read as it was written`() {
    let header = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 1)
    defer { header.deallocate() }
    let frame = PeerFrame(.request, id: 0x0102_0304_0506_0708, pool: 513, flags: 2, length: 70_000)
    frame.write(to: header)
    #expect(PeerFrame(header) == frame)
    #expect(header.load(fromByteOffset: 8, as: UInt8.self) == 8)
  }

  @Test func `an unknown kind or a request beyond the limit is none`() {
    let header = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 1)
    defer { header.deallocate() }
    PeerFrame(.request, length: PeerFrame.payloadLimit + 1).write(to: header)
    #expect(PeerFrame(header) == nil)
    PeerFrame(.reply, length: PeerFrame.payloadLimit + 1).write(to: header)
    #expect(PeerFrame(header) != nil)
    header.storeBytes(of: 99, toByteOffset: 4, as: UInt8.self)
    #expect(PeerFrame(header) == nil)
  }
}
