import ArgumentParser

/// The time to live of written items in seconds: `0` (none), `60`, `5,10,60` (each equally often) or
/// `uniform:5-60`. The choice is a function of the key.
struct TTLMix: Equatable, Sendable {
  /// The values to choose from, at most 4096.
  let choices: [UInt32]
  let text: String

  static let none = TTLMix(choices: [0], text: "0")

  init(choices: [UInt32], text: String) {
    self.choices = choices
    self.text = text
  }

  /// The time to live of an item, from the mixed bits of its key.
  func seconds(forBits bits: UInt64) -> UInt32 {
    choices[Int(bits.multipliedFullWidth(by: UInt64(choices.count)).high)]
  }

  var longest: UInt32 { choices.max() ?? 0 }
  var mean: Double { Double(choices.reduce(0) { $0 + UInt64($1) }) / Double(choices.count) }
}

extension TTLMix: ExpressibleByArgument {
  /// memcached takes more than 30 days for a point in time, so longer relative times are refused here.
  private static let longestRelative: UInt32 = 2_592_000

  init?(argument: String) {
    var choices: [UInt32] = []
    if argument.hasPrefix("uniform:") {
      let bounds = argument.dropFirst(8).split(separator: "-").compactMap { UInt32($0) }
      guard bounds.count == 2, bounds[0] > 0, bounds[0] <= bounds[1], bounds[1] - bounds[0] < 4096
      else { return nil }
      choices = Array(bounds[0]...bounds[1])
    } else {
      for part in argument.split(separator: ",") {
        guard let value = UInt32(part) else { return nil }
        choices.append(value)
      }
    }
    guard !choices.isEmpty, choices.count <= 4096, choices.allSatisfy({ $0 <= Self.longestRelative })
    else { return nil }
    self.init(choices: choices, text: argument)
  }
}
