/// What bumped groups cost the gets that hit: CPU time of two servers with the same items, one of them with the
/// group of every item bumped before the item was written.
struct BumpCost {
  struct Depth: Equatable, Sendable {
    let depth: Int
    /// The highest ratio that is good enough.
    let target: Double

    static let all = [Depth(depth: 1, target: 1.05), Depth(depth: 50, target: 1.25)]
  }

  /// Microseconds of the server's CPU time per get, one for each run.
  struct Samples: Equatable, Sendable {
    let depth: Depth
    var untouched: [Double] = []
    var bumped: [Double] = []

    var ratio: Double { Statistics.median(bumped) / Statistics.median(untouched) }
    /// By the ratio itself, not by its rounded print: 1.054 does not meet 1.05.
    var isMet: Bool { ratio <= depth.target }
  }

  let groups: UInt64
  private(set) var samples = Depth.all.map { Samples(depth: $0) }

  init(groups: UInt64) { self.groups = groups }

  /// - Parameters:
  ///   - load: gets; endpoint, depth, keys and process are filled in.
  ///   - runs: of each depth on each server, in turn.
  mutating func measure(
    untouched: ServerProcess, bumped: ServerProcess, load: LoadPlan, runs: Int, _ shown: Bool
  ) throws(SystemError) {
    for i in samples.indices {
      for run in 1...runs {
        let prefix = "depth \(samples[i].depth.depth) \(run)/\(runs) "
        var plan = load
        plan.keys = groups
        plan.depth = samples[i].depth.depth
        plan.seed = UInt64(run)
        samples[i].untouched.append(try Self.cost(untouched, plan, bumping: false, prefix, shown))
        samples[i].bumped.append(try Self.cost(bumped, plan, bumping: true, prefix, shown))
      }
    }
  }

  /// The server forgets a bump when no older item is left, so groups and items are written anew for each run; and
  /// the items on the other server too, so that both lie alike in memory.
  private static func cost(
    _ server: ServerProcess, _ load: LoadPlan, bumping: Bool, _ prefix: String, _ shown: Bool
  ) throws(SystemError) -> Double {
    var plan = load
    plan.endpoint = server.endpoint
    if bumping { try GenerationLoad.bumpUsers(plan, shown) }
    let users = GenerationLoad.users
    try GenerationLoad.write(plan, users, "the users", shown)
    plan.serverPIDs = [server.pid]
    let result = try LoadRun.run(plan, users, progress: Progress(enabled: shown, prefix: prefix))
    if result.failed || result.counts.misses > 0 {
      throw SystemError(
        "\(result.counts.misses) gets missed that had to hit; \(result.complaint ?? "no wrong reply")")
    }
    guard let microseconds = result.serverMicroseconds else {
      throw SystemError("no CPU time of the server")
    }
    return microseconds
  }

  /// For tests: samples from elsewhere.
  init(groups: UInt64, samples: [Samples]) {
    self.groups = groups
    self.samples = samples
  }

  var text: String {
    var table = MarkdownTable(["get that hits", "no group bumped", "all bumped", "ratio", "target", "met"])
    for sample in samples {
      table.add([
        "depth \(sample.depth.depth)", Format.decimal(Statistics.median(sample.untouched), 3),
        Format.decimal(Statistics.median(sample.bumped), 3), Format.decimal(sample.ratio, 2),
        Format.decimal(sample.depth.target, 2), sample.isMet ? "yes" : "no",
      ])
    }
    return """
      CPU microseconds of hearthd per get, medians of \(samples.first?.bumped.count ?? 0) alternating runs; \
      \(Format.grouped(groups)) groups with an item each, bumped before it was written.

      \(table.text)
      """
  }
}
