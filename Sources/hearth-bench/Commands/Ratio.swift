import ArgumentParser

/// `1:9`: one write for nine reads.
struct Ratio: Equatable, ExpressibleByArgument {
  let writes: UInt64
  let reads: UInt64

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let writes = UInt64(parts[0]), let reads = UInt64(parts[1]),
      writes <= 1_000_000, reads <= 1_000_000, writes + reads > 0
    else { return nil }
    self.writes = writes
    self.reads = reads
  }
}
