import HearthCluster
import Testing

@testable import HearthServer

/// Frames are read the same however the stream was cut.
@Suite struct ReplyReaderTests {
  private func frame(_ kind: PeerFrame.Kind, id: UInt64, flags: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: PeerFrame.headerSize)
    bytes.withUnsafeMutableBytes {
      PeerFrame(kind, id: id, flags: flags, length: payload.count).write(to: $0.baseAddress!)
    }
    return bytes + payload
  }

  /// What a reader makes of the pieces: replies by number, other frames, and whether something was wrong.
  private func read(_ pieces: [ArraySlice<UInt8>]) -> (
    replies: [UInt64: [UInt8]], ended: [UInt64], others: [[UInt8]], wrong: Bool
  ) {
    var reader = ReplyReader()
    var (replies, ended, others) = ([UInt64: [UInt8]](), [UInt64](), [[UInt8]]())
    for piece in pieces {
      let isWrong = Array(piece).withUnsafeBytes { input in
        var offset = 0
        while offset < input.count {
          switch reader.next(input, &offset) {
          case .reply(let bytes, let isEnd):
            replies[reader.frame.id, default: []] += bytes
            if isEnd && reader.frame.flags & PeerFrame.Flag.more == 0 { ended.append(reader.frame.id) }
          case .other(let payload): others.append(payload)
          case .nothing: break
          case .wrong: return true
          }
        }
        return false
      }
      if isWrong { return (replies, ended, others, true) }
    }
    return (replies, ended, others, false)
  }

  private func cut(_ bytes: [UInt8], _ most: Int) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + Int.random(in: 1...most))
      pieces.append(bytes[at..<end])
      at = end
    }
    return pieces
  }

  @Test(arguments: [1, 3, 17, 1000]) func `any cut gives the same`(most: Int) {
    let stream =
      frame(.challenge, id: 0, Array("hello".utf8)) + frame(.reply, id: 1, [])
      + frame(.reply, id: 2, flags: PeerFrame.Flag.more, Array("VALUE".utf8)) + frame(.reply, id: 3, [7])
      + frame(.reply, id: 2, Array(repeating: 9, count: 500)) + frame(.welcome, id: 0, [])
      + frame(.reply, id: 4, Array("END\r\n".utf8))
    for _ in 0..<50 {
      let (replies, ended, others, wrong) = read(cut(stream, most))
      #expect(!wrong && others == [Array("hello".utf8), []] && ended == [1, 3, 2, 4])
      #expect(replies[2] == Array("VALUE".utf8) + Array(repeating: 9, count: 500))
      #expect(replies[3] == [7] && replies[4] == Array("END\r\n".utf8) && replies[1] == [])
    }
  }

  @Test func `noise ends in an error or in waiting, never in more than was sent`() {
    for _ in 0..<2000 {
      let noise = (0..<Int.random(in: 1...300)).map { _ in UInt8.random(in: 0...255) }
      let (replies, _, others, _) = read(cut(noise, 40))
      #expect(replies.values.reduce(0) { $0 + $1.count } + others.reduce(0) { $0 + $1.count } <= noise.count)
    }
  }
}
