/// hearthd and memcached side by side.
final class Comparison {
  struct Mismatch {
    let ours: String
    let theirs: String
    let burst: Int
  }

  private let ours: Daemon
  private let theirs: Daemon
  private var runs = 0
  let peer: PeerVersion

  init() throws {
    ours = try Daemon(["-m", "256"])
    theirs = try Daemon(["-m", "256"], kind: .memcached)
    // Versions that stand for "older" are then surely older in memcached, which counts from 1.
    for _ in 0..<5 { _ = try theirs.connect().ask("set first 0 0 1\nx\ndelete first") }
    peer = PeerVersion(try theirs.connect().ask("version"))
  }

  /// Fills up a data block that was announced longer than it is: memcached drops all replies that are on their way
  /// when the stream ends inside a block.
  private static let filler = Array("mn\r\nmn\r\nmn\r\n".utf8)

  /// One of the two servers during a run.
  private struct Side {
    let daemon: Daemon
    var replies: Replies
    var cas: [Int: UInt64] = [:]

    /// Sends a burst on a connection of its own, and takes what comes until the server has answered all and closed.
    mutating func send(_ bytes: [UInt8], cutBy random: SplitMix64?) throws -> [String] {
      let client = try daemon.connect()
      if var random {
        var rest = bytes[...]
        while !rest.isEmpty {
          let piece = rest.prefix(1 + random.below(200))
          try client.send(Array(piece))
          rest = rest.dropFirst(piece.count)
        }
      } else {
        try client.send(bytes)
      }
      client.finishSending()
      return replies.parse(try client.readToEnd())
    }

    /// All that can be seen of every key, which also gives the CAS values for the next burst.
    mutating func look(_ keys: StreamKeys) throws -> [String] {
      let client = try daemon.connect()
      var seen: [String] = []
      cas = [:]
      for key in StreamKeys.all {
        let name = String(decoding: keys.name(key), as: UTF8.self)
        let received = try client.exchange(Array("mg \(name) c f t u v\r\nmn\r\n".utf8), end: "MN\r\n")
        seen += replies.parse(received, of: key).dropLast()
        let line = String(decoding: received.prefix { $0 != 13 }, as: UTF8.self)
        cas[key] = line.split(separator: " ").first { $0.hasPrefix("c") }.flatMap { UInt64($0.dropFirst()) }
      }
      return seen
    }
  }

  /// The first difference that is not allowed.
  func run(_ bursts: [[StreamCommand]], cutSeed: UInt64?) throws -> Mismatch? {
    runs += 1
    let keys = StreamKeys(run: runs)
    var sides = [
      Side(daemon: ours, replies: Replies(keys)),
      Side(daemon: theirs, replies: Replies(keys)),
    ]
    for (number, burst) in bursts.enumerated() {
      var said: [[String]] = []
      for i in 0..<2 {
        let bytes = burst.flatMap { $0.bytes(keys, cas: sides[i].cas) } + Self.filler
        // The peer gets it whole: 1.6.18 is not what is tested.
        let cut = i == 0 ? cutSeed.map { SplitMix64(seed: $0) } : nil
        let answered = try sides[i].send(bytes, cutBy: cut)
        said.append(answered + ["-- state --"] + (try sides[i].look(keys)))
      }
      if let mismatch = firstDifference(said[0], said[1], burst: number) { return mismatch }
    }
    return nil
  }

  private func firstDifference(_ ours: [String], _ theirs: [String], burst: Int) -> Mismatch? {
    for i in 0..<max(ours.count, theirs.count) {
      let a = i < ours.count ? ours[i] : "(nothing)"
      let b = i < theirs.count ? theirs[i] : "(nothing)"
      if a == b || AllowedDifference.all.contains(where: { $0.matches(a, b) }) { continue }
      return Mismatch(ours: a, theirs: b, burst: burst)
    }
    return nil
  }

  /// The same failure with as few commands as can be found in a few hundred attempts.
  func shrink(
    _ bursts: [[StreamCommand]], cutSeed: UInt64?, _ mismatch: Mismatch
  ) throws -> (bursts: [[StreamCommand]], mismatch: Mismatch) {
    var best = (bursts: bursts, mismatch: mismatch)
    var attempts = 0
    var size = max(1, bursts.joined().count / 2)
    while size >= 1, attempts < 400 {
      var found = false
      var start = 0
      while start < best.bursts.joined().count, attempts < 400 {
        attempts += 1
        let candidate = removing(start..<start + size, from: best.bursts)
        if !candidate.joined().isEmpty, let mismatch = try run(candidate, cutSeed: cutSeed) {
          best = (candidate, mismatch)
          found = true
        } else {
          start += size
        }
      }
      if !found || size > 1 { size = size == 1 ? 0 : size / 2 }
    }
    return best
  }

  private func removing(_ range: Range<Int>, from bursts: [[StreamCommand]]) -> [[StreamCommand]] {
    var index = 0
    return bursts.map { burst in
      burst.filter { _ in
        index += 1
        return !range.contains(index - 1)
      }
    }.filter { !$0.isEmpty }
  }
}
