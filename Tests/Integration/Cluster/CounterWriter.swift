import CHearth
import Glibc

/// A client that writes rising numbers under keys of its own and knows what it may find there. It takes a lost connection and an
/// error as what they are: the write may have happened, or not. One thread's.
final class CounterWriter: @unchecked Sendable {
  private let name: String
  private let ports: [UInt16]
  private var place: Int
  private var client: Client?
  private var random: SplitMix64
  private let keyCount: Int

  /// For each key the number that was acknowledged last, and the highest that was tried.
  private(set) var acknowledged: [Int]
  private(set) var tried: [Int]
  private(set) var writes = 0
  /// What was answered with an error, or not at all.
  private(set) var failures: [String] = []
  /// Reads that found nothing or too little.
  private(set) var faults: [String] = []
  private(set) var misses = 0
  private(set) var reads = 0
  /// The longest time between two writes that were acknowledged, nanoseconds.
  private(set) var longestPause: UInt64 = 0

  /// - Parameter ports: Of the nodes that it asks, beginning with the first; it takes the next one when one fails.
  init(_ name: String, ports: [UInt16], keys: Int = 50, seed: UInt64) {
    self.name = name
    self.ports = ports
    place = 0
    keyCount = keys
    random = SplitMix64(seed: seed)
    acknowledged = Array(repeating: 0, count: keys)
    tried = acknowledged
  }

  func key(_ index: Int) -> String { "\(name).\(index)" }

  /// Writes and reads until told to end.
  func run(until isOver: () -> Bool) {
    var last = hearth_monotonic_ns()
    while !isOver() {
      let before = writes
      step()
      let now = hearth_monotonic_ns()
      if writes != before {
        longestPause = max(longestPause, now - last)
        last = now
      }
    }
    longestPause = max(longestPause, hearth_monotonic_ns() - last)
    client = nil
  }

  /// A write, or a read of what this client has written.
  private func step() {
    let index = random.below(keyCount)
    if random.chance(0.4) {
      tried[index] += 1
      let (number, filler) = (tried[index], String(repeating: "x", count: random.below(200)))
      let text = "\(number) \(filler)"
      let reply = ask("set \(key(index)) 0 0 \(text.utf8.count)\r\n\(text)\r\n", lines: 1)
      if reply == ["STORED"] {
        acknowledged[index] = number
        writes += 1
      } else {
        failures.append("\(key(index)): \(reply?.first ?? "the connection was lost")")
      }
      return
    }
    let least = acknowledged[index]
    if least == 0 { return }
    guard let reply = ask("get \(key(index))\r\n", lines: 3) else {
      return failures.append("\(key(index)): the connection was lost")
    }
    reads += 1
    judge(index, reply, least)
  }

  private func judge(_ index: Int, _ reply: [String], _ least: Int) {
    if reply == ["END"] {
      misses += 1
      return faults.append("\(key(index)) is missing, \(least) was acknowledged")
    }
    guard reply.count == 3 else { return failures.append("\(key(index)): \(reply)") }
    let found = Int(reply[1].prefix { $0 != " " }) ?? -1
    if found < least || found > tried[index] {
      faults.append("\(key(index)) is \(found), \(least) was acknowledged and \(tried[index]) tried")
    }
  }

  /// Compares all keys with what a node has.
  func verify(at daemon: Daemon) throws -> [String] {
    let client = try daemon.connect()
    var wrong: [String] = []
    for index in 0..<keyCount where acknowledged[index] != 0 {
      let reply = try client.ask("get \(key(index))").split(separator: "\r\n")
      let found = reply.count == 3 ? Int(reply[1].prefix { $0 != " " }) ?? -1 : 0
      if found < acknowledged[index] || found > tried[index] {
        wrong.append(
          "\(key(index)) is \(found), acknowledged \(acknowledged[index]), tried \(tried[index]): \(reply)")
      }
    }
    return wrong
  }

  /// The lines of a reply, up to `END` or an error; nil: the connection was lost.
  private func ask(_ request: String, lines: Int) -> [String]? {
    do {
      let client = try self.client ?? Client(port: ports[place % ports.count])
      self.client = client
      try client.send(request)
      var reply: [String] = []
      while reply.count < lines {
        reply.append(try client.readLine())
        if reply.last == "END" || reply.last?.contains("ERROR") == true { break }
      }
      return reply
    } catch {
      client = nil
      place += 1
      usleep(2000)
      return nil
    }
  }
}
