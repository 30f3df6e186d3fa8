import ArgumentParser
import CHearth

/// `hearth-bench fill`: how many items a server keeps, per GiB of resident memory.
struct FillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Measures items per GiB of resident memory of memcached and hearthd.",
    discussion: """
      For each size of key and value together a fresh server is filled with unique keys without a time to \
      live, until it evicts and its number of items no longer changes.
      """)

  @OptionGroup var servers: ServerOptions
  @Option(help: "Memory of the servers in MiB.") var memory = 1024
  @Option(help: "Length of keys.") var keySize = 30
  @Option(help: "Lengths of key and value together.") var sizes = "64,140,460,4096"
  @Flag(help: "Measure memcached only.") var onlyMemcached = false
  @Flag(help: "Measure hearthd only.") var onlyHearthd = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  private static let targets = [64: 1.6, 140: 1.35, 460: 1.15, 4096: 1.05]

  func run() throws {
    let totals = sizes.split(separator: ",").compactMap { Int($0) }
    guard !totals.isEmpty, totals.allSatisfy({ $0 > keySize && $0 - keySize <= SizeDistribution.largest })
    else { throw ValidationError("--sizes must be lengths above --key-size") }
    var table = MarkdownTable([
      "key + value", "memcached items", "RSS MiB", "per GiB", "hearthd items", "RSS MiB", "per GiB", "ratio",
      "target",
    ])
    for total in totals {
      let theirs = onlyHearthd ? nil : try measure(servers.memcached, "memcached", total)
      let ours = onlyMemcached ? nil : try measure(servers.hearthdPath, "hearthd", total)
      var row = ["\(total)"]
      for density in [theirs, ours] {
        row.append(density.map { Format.grouped($0.items) } ?? "-")
        row.append(density.map { Format.mebibytes($0.residentBytes) } ?? "-")
        row.append(density.map { Format.grouped(UInt64($0.itemsPerGibibyte)) } ?? "-")
      }
      let ratio = (ours?.itemsPerGibibyte ?? .nan) / (theirs?.itemsPerGibibyte ?? .nan)
      row += [Format.decimal(ratio, 2), Self.targets[total].map { Format.decimal($0, 2) } ?? "-"]
      table.add(row)
    }
    Console.output(
      "Items kept, \(servers.versions(memcached: !onlyHearthd, hearthd: !onlyMemcached)), -m \(memory) -t 1, keys of \(keySize) bytes.\n\n\(table.text)"
    )
  }

  private func measure(_ path: String, _ name: String, _ total: Int) throws -> Density {
    let server = try ServerProcess.start(path: path, memory: memory, threads: 1)
    defer { server.stop() }
    let keyspace = Keyspace(keySize: keySize, valueSize: .fixed(total - keySize))
    let shown = Progress(enabled: Progress.wanted(forced: progress), prefix: "\(name) \(total) bytes ")
    return try Density.measure(
      server.endpoint, server.pid, keyspace, capacity: UInt64(memory) << 20, itemSize: total, shown)
  }
}
