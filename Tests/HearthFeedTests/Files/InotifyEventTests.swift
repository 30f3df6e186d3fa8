import Glibc
import Testing

@testable import HearthFeed

struct InotifyEventTests {
  /// An event as the kernel writes it: the name filled up with zeros.
  private func bytes(_ watch: Int32, _ mask: Int32, _ name: String) -> [UInt8] {
    let padded = name.isEmpty ? [] : Array(name.utf8) + Array(repeating: 0, count: 16 - name.utf8.count % 16)
    var header: [UInt32] = [UInt32(bitPattern: watch), UInt32(bitPattern: mask), 7, UInt32(padded.count)]
    return header.withUnsafeMutableBytes { Array($0) } + padded
  }

  private func batch(_ events: [(Int32, Int32, String)]) -> ChangeBatch {
    var batch = ChangeBatch()
    for event in events.flatMap({ bytes($0.0, $0.1, $0.2) }).withUnsafeBytes({ InotifyEvent.parse($0) }) {
      batch.add(event)
    }
    return batch
  }

  @Test
  func `events are cut out of what was read, and a torn one is not there`() {
    let whole =
      bytes(1, IN_CREATE, "page") + bytes(2, IN_DELETE, String(repeating: "n", count: 255))
      + bytes(3, IN_ATTRIB, "")
    let events = whole.withUnsafeBytes { InotifyEvent.parse($0) }
    #expect(events.map(\.watch) == [1, 2, 3])
    #expect(events.map(\.name.count) == [4, 255, 0])
    for cut in 0..<whole.count {
      let fewer = whole[..<cut].withUnsafeBytes { InotifyEvent.parse($0) }
      #expect(fewer == Array(events.prefix(fewer.count)) && fewer.count < 3)
    }
  }

  @Test
  func `a name is looked at once, as complete as any of its events says`() {
    let changes = batch([
      (1, IN_CREATE, "a"), (1, IN_ATTRIB, "a"), (1, IN_CREATE, "b"), (1, IN_CLOSE_WRITE, "a"),
      (2, IN_MOVED_TO, "a"),
      (1, IN_ATTRIB, "a"),
    ])
    #expect(
      changes.names.map { "\($0.watch)\(String(decoding: $0.name, as: UTF8.self))" } == ["1a", "1b", "2a"])
    #expect(changes.names.map { changes.look(at: $0) } == [.complete, .incomplete, .complete])
    #expect(changes.events == 6 && !changes.hasOverflow)
  }

  @Test
  func `what concerns a folder as a whole is told apart`() {
    let changes = batch([
      (-1, IN_Q_OVERFLOW, ""), (1, IN_IGNORED, ""), (2, IN_DELETE_SELF, ""), (3, IN_MOVE_SELF, ""),
      (4, IN_ATTRIB, ""),
      (5, IN_UNMOUNT, ""),
    ])
    #expect(changes.hasOverflow && changes.names.isEmpty)
    #expect(changes.ended == [1] && changes.doubtful == [2, 3, 5] && changes.altered == [4])
  }
}
