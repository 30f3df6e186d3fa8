import ArgumentParser

/// Which keys are asked for: every key equally often, or by Zipf's law with the given exponent.
enum KeyDistribution: Equatable, Sendable {
  case uniform
  case zipf(Double)
  /// Each key once, in order: for filling.
  case sequential
}

extension KeyDistribution: ExpressibleByArgument {
  init?(argument: String) {
    if argument == "uniform" {
      self = .uniform
    } else if argument == "sequential" {
      self = .sequential
    } else if argument.hasPrefix("zipf:"), let exponent = Double(argument.dropFirst(5)), exponent > 0 {
      self = .zipf(exponent)
    } else {
      return nil
    }
  }
}
