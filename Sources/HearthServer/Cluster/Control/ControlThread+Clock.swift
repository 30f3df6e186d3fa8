import CHearth

// The time by which items expire, and what the machine's clock shows.
extension ControlThread {
  /// The first of the two, milliseconds.
  var time: Int64 { Int64(server.pointee.clock.milliseconds(at: hearth_monotonic_ns())) }

  /// Tells when somebody has set the machine's clock, which changes nothing here.
  func watchClock() {
    let step = Int64(hearth_wall_ns() / 1_000_000) - time
    guard abs(step - clockStep) > settings.clockTolerance else { return }
    clockStep = step
    let isBack = abs(step) <= settings.clockTolerance
    log(
      isBack
        ? "the machine's clock goes on as at the start"
        : "the machine's clock was set \(abs(step)) ms \(step > 0 ? "ahead" : "back"): items expire as if it had not been"
    )
  }
}
