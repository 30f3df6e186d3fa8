/// What one scenario measured.
struct HerdResult {
  /// Times are nanoseconds from the beginning of the run.
  let database: SimulatedDatabase
  let measure: HerdMeasure
  /// Nanoseconds.
  let duration: UInt64
  /// The lines of `stats herd` in their order, empty where the server has none.
  var statistics: [(name: String, value: String)] = []

  var readsPerSecond: Double { Double(measure.hits + measure.misses) / (Double(duration) / 1e9) }
  var hasErrors: Bool { measure.refused + measure.failed > 0 }
}
