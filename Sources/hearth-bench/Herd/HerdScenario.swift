/// One row of the herd measurement: a server and its rules against herds.
struct HerdScenario: Equatable, Sendable {
  enum Server: String, Sendable {
    case memcached, hearthd
  }

  /// As given with `--scenario`.
  let name: String
  let title: String
  let server: Server
  /// Rules of the default pool, as lines of YAML.
  let rules: [String]

  private static let earlyRefresh = "early_refresh: {before: 10s, lease: 5s}"
  private static let serveStale = "serve_stale: 30s"

  /// - Parameter clients: all of them must find room as waiters.
  static func all(clients: Int) -> [HerdScenario] {
    let coalesce = "coalesce: {wait: 1s, lease: 5s, max_waiters: \(max(2000, 2 * clients))}"
    return [
      HerdScenario(name: "none", title: "none (memcached)", server: .memcached, rules: []),
      HerdScenario(name: "none", title: "none (hearthd)", server: .hearthd, rules: []),
      HerdScenario(name: "early_refresh", title: "early_refresh", server: .hearthd, rules: [earlyRefresh]),
      HerdScenario(name: "coalesce", title: "coalesce", server: .hearthd, rules: [coalesce]),
      HerdScenario(name: "serve_stale", title: "serve_stale", server: .hearthd, rules: [serveStale]),
      HerdScenario(
        name: "all", title: "early_refresh + serve_stale + coalesce", server: .hearthd,
        rules: [earlyRefresh, serveStale, coalesce]),
    ]
  }

  /// Those with the given names, in the order of the table; all when there are no names.
  static func named(_ names: [String], clients: Int) throws(SystemError) -> [HerdScenario] {
    let all = all(clients: clients)
    for name in names where !all.contains(where: { $0.name == name }) {
      var known: [String] = []
      for scenario in all where known.last != scenario.name { known.append(scenario.name) }
      throw SystemError("no scenario \(name); there are \(known.joined(separator: ", "))")
    }
    return names.isEmpty ? all : all.filter { names.contains($0.name) }
  }

  /// hearthd's configuration file, or nil where the plain defaults are meant.
  var configuration: String? {
    if rules.isEmpty { return nil }
    return (["pools:", "  - name: default"] + rules.map { "    \($0)" }).joined(separator: "\n") + "\n"
  }
}
