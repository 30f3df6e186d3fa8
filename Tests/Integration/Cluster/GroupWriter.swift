import Glibc

/// A client that writes rising numbers under the keys of a group of its own, and makes the group void now and then, each time by any of
/// some nodes: what it reads must be younger than the last bump that was answered. One thread's.
final class GroupWriter: @unchecked Sendable {
  private let group: String
  private let ports: [UInt16]
  private var clients: [UInt16: Client] = [:]
  private var random: SplitMix64
  private var number = 0
  /// The highest number that was written before a bump that was answered.
  private var floor = 0
  /// Counts writes whose end is unknown: they may come late, so their keys are not used any more.
  private var era = 0
  /// The group's number that was read or given last.
  private var generation: UInt64 = 0

  private(set) var bumps = 0
  private(set) var hits = 0
  private(set) var faults: [String] = []
  /// What bumps were refused with.
  private(set) var refusals: Set<String> = []

  init(_ group: String, ports: [UInt16], seed: UInt64) {
    self.group = group
    self.ports = ports
    random = SplitMix64(seed: seed)
  }

  /// Works until told to end.
  func run(until isOver: () -> Bool) {
    while !isOver() {
      let port = ports[random.below(ports.count)]
      do {
        try step(port)
      } catch {
        clients[port] = nil
        usleep(5000)
      }
    }
    clients = [:]
  }

  private func step(_ port: UInt16) throws {
    let client = try clients[port] ?? Client(port: port)
    clients[port] = client
    let key = "\(group):\(era):\(random.below(5))"
    if random.chance(0.3) {
      number += 1
      era += 1
      if try client.ask("set \(key) 0 0 \("\(number)".count)\r\n\(number)") == "STORED\r\n" { era -= 1 }
    } else if random.chance(0.1) {
      try bump(client)
    } else if random.chance(0.05) {
      let words = try client.ask("get gen/\(group)").split(whereSeparator: \.isWhitespace)
      if words.first == "VALUE", words.count > 4, let read = UInt64(words[4]) { see(read, "read") }
    } else {
      let words = try client.ask("get \(key)").split(whereSeparator: \.isWhitespace)
      guard words.first == "VALUE", words.count > 4, let found = Int(words[4]) else { return }
      hits += 1
      if found <= floor { faults.append("\(key) is \(found), and up to \(floor) all was void") }
    }
  }

  private func bump(_ client: Client) throws {
    let mark = number
    let answer = try client.ask("incr gen/\(group) 1").dropLast()
    guard let given = UInt64(answer) else {
      refusals.insert(String(answer))
      return
    }
    bumps += 1
    floor = mark
    see(given, "given")
  }

  private func see(_ number: UInt64, _ how: String) {
    if number < generation { faults.append("the number \(number) is \(how) after \(generation)") }
    generation = max(number, generation)
  }
}
