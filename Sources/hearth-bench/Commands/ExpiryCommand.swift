import ArgumentParser
import Glibc

/// `hearth-bench expiry`: how long expired items keep their memory.
struct ExpiryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expiry",
    abstract: "Measures the mean delay until expired memory is reusable.",
    discussion: """
      Fills part of the memory with items of the given times to live, then watches curr_items without \
      touching an item. The delay is the area between the items that should be gone and those that are, \
      divided by the number of items.
      """)

  @OptionGroup var servers: ServerOptions
  @Option(help: "Time to live in seconds: 60, 10,20,60 or uniform:5-60.")
  var ttl = TTLMix(choices: [60], text: "60")
  @Option(help: "Memory of the servers in MiB.") var memory = 1024
  @Option(help: "Share of the memory that is filled, in per cent.") var share = 30
  @Option(help: "Length of keys.") var keySize = 30
  @Option(help: "Length of values.") var valueSize = 100
  @Option(help: "Give up this many seconds after the last expiry.") var patience = 180
  @Flag(help: "Measure memcached only.") var onlyMemcached = false
  @Flag(help: "Measure hearthd only.") var onlyHearthd = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard ttl.choices.allSatisfy({ $0 > 0 }) else { throw ValidationError("--ttl must not hold 0 (never)") }
    guard (1...60).contains(share), (16...250).contains(keySize),
      (1...SizeDistribution.largest).contains(valueSize)
    else { throw ValidationError("--share must be 1 to 60, --key-size 16 to 250") }
  }

  func run() throws {
    let keyspace = Keyspace(keySize: keySize, valueSize: .fixed(valueSize), ttl: ttl)
    let items = UInt64(memory) << 20 / UInt64(keySize + valueSize + 60) * UInt64(share) / 100
    let shown = Progress(enabled: Progress.wanted(forced: progress))
    var watches: [ExpiryWatch] = []
    var running: [ServerProcess] = []
    defer { for server in running { server.stop() } }
    for (name, path) in [("memcached", servers.memcached), ("hearthd", servers.hearthdPath)]
    where name == "hearthd" ? !onlyMemcached : !onlyHearthd {
      let server = try ServerProcess.start(path: path, memory: memory, threads: 1)
      running.append(server)
      watches.append(ExpiryWatch(name, server.endpoint))
    }
    for i in watches.indices { try watches[i].fill(keyspace, items) }
    // Both are watched at the same time: waiting costs nothing.
    var open = true
    while open {
      open = false
      for i in watches.indices where !watches[i].isEmpty(after: patience) {
        try watches[i].poll()
        open = true
      }
      shown.show { watches.map { "\($0.name) \($0.held) of \(items)" }.joined(separator: ", ") }
      usleep(100_000)
    }
    shown.clear()
    var table = MarkdownTable(["server", "mean delay s", "% of mean TTL", "left at the end"])
    for watch in watches {
      table.add([
        watch.name, Format.decimal(watch.meanDelay, 2), Format.decimal(watch.meanDelay / ttl.mean * 100, 1),
        Format.grouped(watch.held),
      ])
    }
    Console.output(
      "Delay of expiry, TTL \(ttl.text), \(Format.grouped(items)) items, \(servers.versions(memcached: !onlyHearthd, hearthd: !onlyMemcached)).\n\n\(table.text)"
    )
  }
}
