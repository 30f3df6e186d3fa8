import Glibc

/// A client that writes rising numbers under the keys of a group of its own, and makes the group void now and then: what it
/// reads must be younger than the last bump that was answered. One thread's.
final class GroupWriter: @unchecked Sendable {
  private let group: String
  private let ports: [UInt16]
  private var place: Int
  private var client: Client?
  private var random: SplitMix64
  private var number = 0
  /// The highest number that was written before a bump that was answered.
  private var floor = 0

  private(set) var bumps = 0
  private(set) var hits = 0
  private(set) var faults: [String] = []

  init(_ group: String, ports: [UInt16], seed: UInt64) {
    self.group = group
    self.ports = ports
    place = Int(seed) % ports.count
    random = SplitMix64(seed: seed)
  }

  /// Works until told to end.
  func run(until isOver: () -> Bool) {
    while !isOver() {
      do {
        try step()
      } catch {
        client = nil
        place = (place + 1) % ports.count
        usleep(5000)
      }
    }
    client = nil
  }

  private func step() throws {
    let client = try self.client ?? Client(port: ports[place])
    self.client = client
    let key = "\(group):\(random.below(5))"
    if random.chance(0.3) {
      number += 1
      _ = try client.ask("set \(key) 0 0 \("\(number)".count)\r\n\(number)")
    } else if random.chance(0.1) {
      let mark = number
      guard Int(try client.ask("incr gen/\(group) 1").dropLast()) != nil else { return }
      bumps += 1
      floor = mark
    } else {
      let words = try client.ask("get \(key)").split(whereSeparator: \.isWhitespace)
      guard words.first == "VALUE", words.count > 4, let found = Int(words[4]) else { return }
      hits += 1
      if found <= floor { faults.append("\(key) is \(found), and up to \(floor) all was void") }
    }
    if random.chance(0.01) { place = (place + 1) % ports.count; self.client = nil }
  }
}
