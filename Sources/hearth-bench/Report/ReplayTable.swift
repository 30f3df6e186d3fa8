/// Miss ratios of both servers, one row per replay, and their means.
struct ReplayTable {
  private var table = MarkdownTable([
    "load", "-m", "% of footprint", "requests", "memcached misses", "hearthd misses", "ratio", "refused sets",
  ])
  private(set) var ratios: [Double] = []

  mutating func add(
    _ name: String, memory: Int, share: Double, theirs: ReplayResult, ours: ReplayResult?
  ) {
    let ratio = (ours?.missRatio ?? .nan) / theirs.missRatio
    if ratio.isFinite, ratio > 0 { ratios.append(ratio) }
    table.add([
      name, "\(memory)", Format.decimal(share * 100, 1), Format.grouped(theirs.requests),
      Format.decimal(theirs.missRatio * 100, 2) + " %",
      ours.map { Format.decimal($0.missRatio * 100, 2) + " %" } ?? "-", Format.decimal(ratio, 3),
      "\(theirs.refused) / \(ours.map { "\($0.refused)" } ?? "-")",
    ])
  }

  var text: String { table.text }

  var summary: String {
    guard let worst = ratios.max() else { return "No ratios." }
    return
      "Geometric mean of the ratios \(Format.decimal(Statistics.geometricMean(ratios), 3)) (target 0.87), "
      + "highest \(Format.decimal(worst, 3)) (target 1.06)."
  }
}
