import Foundation
import Testing

@testable import HearthFeed

struct CheckpointTests {
  private let checkpoint = Checkpoint(
    arena: 0xfeed_0000_0000_0001, ordinal: 42, serverID: 7,
    position: BinlogPosition(file: "bin log.000012", offset: 4_000_000_000), gtid: "0-1-27,1-2-5")

  @Test
  func `what was written is read`() {
    #expect(Checkpoint(text: checkpoint.text) == checkpoint)
    let path = FileManager.default.temporaryDirectory.appending(
      path: "checkpoint-\(UInt64.random(in: 0 ... .max))"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(Checkpoint.read(path) == nil)
    #expect(checkpoint.write(path) == nil)
    #expect(Checkpoint.read(path) == checkpoint)
    var later = checkpoint
    later.ordinal = 43
    #expect(later.write(path) == nil)
    #expect(Checkpoint.read(path) == later)
    #expect(!FileManager.default.fileExists(atPath: path + ".new"))
  }

  @Test
  func `a file cut off anywhere is no checkpoint`() {
    let text = checkpoint.text
    for count in 0..<(text.count - 1) {
      #expect(Checkpoint(text: String(text.prefix(count))) == nil, "\(count) bytes")
    }
    for other in ["", "hearth feed checkpoint 2\nend\n", "hearth feed checkpoint 1\nnothing\nend\n"] {
      #expect(Checkpoint(text: other) == nil)
    }
  }

  @Test
  func `where it cannot be written, that is told in a line`() {
    #expect(
      checkpoint.write("/nonexistent/x") == "cannot write /nonexistent/x.new: No such file or directory")
  }
}
