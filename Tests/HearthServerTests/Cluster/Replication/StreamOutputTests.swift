import Glibc
import HearthCluster
import Testing

@testable import HearthServer

/// Frames of a stream as they are written.
@Suite struct StreamOutputTests {
  /// What an output says of itself.
  private func state(
    _ output: borrowing StreamOutput
  ) -> (used: Int, written: UInt64, isOpen: Bool, isFull: Bool) {
    (output.used, output.written, output.isOpen, output.isFull)
  }

  private func frames(_ output: borrowing StreamOutput) -> [(frame: PeerFrame, payload: [UInt8])] {
    var found: [(frame: PeerFrame, payload: [UInt8])] = []
    var offset = 0
    while offset < output.used {
      guard let frame = PeerFrame(UnsafeRawPointer(output.bytes) + offset) else { break }
      let start = offset + PeerFrame.headerSize
      let end = start + Int(frame.length)
      found.append((frame, (start..<end).map { output.bytes.load(fromByteOffset: $0, as: UInt8.self) }))
      offset = end
    }
    return found
  }

  @Test func `entries share a frame, which tells the place it leads up to`() throws {
    var output = StreamOutput()
    output.closeEntries(stream: 1, position: 1)
    #expect(state(output).used == 0 && !state(output).isOpen)
    output.openEntries()
    for value in [1, 2, 3] as [UInt8] {
      output.openEntries()
      output.space(1).storeBytes(of: value, as: UInt8.self)
    }
    #expect(state(output).isOpen && !state(output).isFull)
    output.closeEntries(stream: 77, position: 0x0102)
    output.append(.acknowledged, id: 9, number: 5)
    output.append(.control, UnsafeRawBufferPointer(start: nil, count: 0))
    let all = frames(output)
    #expect(all.map(\.frame.kind) == [.entries, .acknowledged, .control])
    #expect(all[0].frame.id == 77 && all[0].payload == [2, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3])
    #expect(all[1].frame.id == 9 && all[1].payload == [5, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `it grows, says when a frame is full, and counts what was written`() {
    var output = StreamOutput()
    var total: UInt64 = 0
    for round in 0..<3 {
      output.openEntries()
      var count = 0
      while !output.isFull {
        memset(output.space(1000), Int32(round + 1), 1000)
        count += 1000
      }
      #expect(StreamOutput.frameLimit - 1000...StreamOutput.frameLimit + 1000 ~= count)
      output.closeEntries(stream: 1, position: 2)
      #expect(!state(output).isFull)
      let all = frames(output)
      #expect(all.count == 1 && all[0].payload.dropFirst(8).allSatisfy { $0 == UInt8(round + 1) })
      total += UInt64(output.used)
      #expect(state(output).written == total)
      output.removeAll()
      #expect(state(output).used == 0 && state(output).written == total)
    }
    memset(output.space(3 << 20), 1, 3 << 20)
    output.removeAll()
    output.append(.control, id: 3, UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(state(output).used == PeerFrame.headerSize && frames(output)[0].frame.id == 3)
  }
}
