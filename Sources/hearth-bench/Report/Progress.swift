import CHearth
import Glibc

/// One line on standard error that is rewritten in place during long work.
final class Progress {
  private let enabled: Bool
  private let prefix: String
  private let started = hearth_monotonic_ns()
  private var shownAt: UInt64 = 0

  /// Shown on a terminal, or wherever standard error goes when forced.
  static func wanted(forced: Bool) -> Bool { forced || isatty(2) == 1 }

  init(enabled: Bool, prefix: String = "") {
    self.enabled = enabled
    self.prefix = prefix
  }

  /// At most once a second, and not before two seconds have passed.
  func show(_ text: () -> String) {
    guard enabled else { return }
    let now = hearth_monotonic_ns()
    guard now - started > 2_000_000_000, now - shownAt > 1_000_000_000 else { return }
    shownAt = now
    Console.error("\r\u{1B}[K\(prefix)\((now - started) / 1_000_000_000) s: \(text())", newline: false)
  }

  func clear() {
    if shownAt > 0 { Console.error("\r\u{1B}[K", newline: false) }
    shownAt = 0
  }
}
