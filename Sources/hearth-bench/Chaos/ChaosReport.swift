/// The runs of all faults, for people and for programs.
struct ChaosReport {
  private var table = MarkdownTable([
    "fault", "runs", "takeover median ms", "min-max", "acknowledged", "lost", "stale reads", "false misses",
    "errors", "failed",
  ])
  private var objects: [JSONObject] = []
  /// Lines below the table.
  private var remarks: [String] = []

  /// A fault that cannot be made here.
  mutating func add(_ fault: ChaosFault, reason: String) {
    table.add([fault.title, "0"] + Array(repeating: "-", count: 8))
    remarks.append("\(fault.rawValue): not run, \(reason)")
    var object = JSONObject()
    object.add("fault", fault.rawValue)
    object.add("runs", 0 as UInt64)
    object.add("reason", reason)
    objects.append(object)
  }

  mutating func add(_ fault: ChaosFault, _ results: [ChaosResult]) {
    let takeovers = results.map(\.takeover)
    func sum(_ value: (ChaosResult) -> UInt64) -> UInt64 { results.reduce(0) { $0 + value($1) } }
    let median = Statistics.median(takeovers)
    let failed = results.count { !$0.failures.isEmpty }
    let errors = sum { $0.tally.refused }
    table.add([
      fault.title, "\(results.count)", Format.decimal(median, 0),
      "\(Format.decimal(takeovers.min() ?? 0, 0))-\(Format.decimal(takeovers.max() ?? 0, 0))",
      Format.grouped(sum { $0.acknowledged }), fault.losesAll ? "all" : Format.grouped(sum { $0.lost }),
      Format.grouped(sum { $0.tally.stale }), Format.grouped(sum { $0.tally.falseMisses }),
      Format.grouped(errors), "\(failed)",
    ])
    var object = JSONObject()
    object.add("fault", fault.rawValue)
    object.add("runs", UInt64(results.count))
    object.add("takeover_ms_median", median)
    object.add("takeover_ms_min", takeovers.min() ?? .nan)
    object.add("takeover_ms_max", takeovers.max() ?? .nan)
    object.add("acknowledged", sum { $0.acknowledged })
    object.add("lost", sum { $0.lost })
    object.add("oldest_lost_ms", results.map(\.oldestLost).max() ?? 0)
    object.add("stale_reads", sum { $0.tally.stale })
    object.add("false_misses", sum { $0.tally.falseMisses })
    object.add("reads", sum { $0.tally.reads })
    object.add("refused", errors)
    object.add("timed_out", sum { $0.tally.timedOut })
    object.add("reset", sum { $0.tally.reset })
    object.add("double_actives", sum { UInt64($0.doubleActives) })
    object.add("failed_runs", UInt64(failed))
    object.add("failures", results.flatMap(\.failures).joined(separator: "; "))
    objects.append(object)
  }

  var text: String { ([table.text] + (remarks.isEmpty ? [] : [""] + remarks)).joined(separator: "\n") }

  var json: String {
    var object = JSONObject()
    object.add("faults", objects)
    return object.text
  }
}
