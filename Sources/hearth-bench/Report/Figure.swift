/// One figure that was measured, and what it has to reach.
struct Figure: Equatable, Sendable {
  enum Bound: Equatable, Sendable {
    case atLeast(Double)
    case atMost(Double)
    /// Shown, and nothing to reach.
    case none
  }

  let what: String
  /// For programs.
  let name: String
  let value: Double
  let unit: String
  /// Decimals that are shown.
  let places: Int
  let bound: Bound

  /// By the value itself, not by its rounded print; nil: there is nothing to reach.
  var isMet: Bool? {
    switch bound {
    case .atLeast(let target): value >= target
    case .atMost(let target): value <= target
    case .none: nil
    }
  }

  var target: Double? {
    switch bound {
    case .atLeast(let target), .atMost(let target): target
    case .none: nil
    }
  }
}
