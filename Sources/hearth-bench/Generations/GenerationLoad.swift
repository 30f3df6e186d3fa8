/// Loads on a hearthd with generations.
enum GenerationLoad {
  /// Generations on the default pool, under the default prefix `gen/` and delimiter.
  static let configuration = """
    pools:
      - name: default
        generations: true

    """

  /// Writes every key of the plan once.
  static func write(_ plan: LoadPlan, _ keyspace: Keyspace, _ what: String, _ shown: Bool) throws(SystemError)
  {
    let progress = Progress(enabled: shown, prefix: "writing \(what) ")
    let result = try LoadRun.run(plan.prefill(), keyspace, progress: progress)
    if result.failed || result.counts.misses > 0 {
      throw SystemError("writing \(what) failed: \(result.complaint ?? "the server closed a connection")")
    }
  }

  /// Bumps the groups `user:0` to `user:(plan.keys - 1)`, in sixteen digits, once.
  static func bumpUsers(_ plan: LoadPlan, _ shown: Bool) throws(SystemError) {
    var bumps = plan.prefill()
    bumps.operation = .incr
    let groups = Keyspace(prefix: "gen/user:", valueSize: .fixed(10), numeric: true)
    let progress = Progress(enabled: shown, prefix: "bumping \(plan.keys) groups ")
    let result = try LoadRun.run(bumps, groups, progress: progress)
    if result.failed || result.counts.misses > 0 {
      throw SystemError(
        "incr gen/user:NUMBER 1: \(result.complaint ?? "NOT_FOUND"); a generation was expected")
    }
  }

  /// One item in each of the groups that `bumpUsers` bumps.
  static var users: Keyspace { Keyspace(prefix: "user:", suffix: ":x", valueSize: .fixed(100)) }
}
