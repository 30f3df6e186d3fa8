import Testing

@testable import HearthConfig

/// The keys of a pool that protect its readers, and generations.
struct HerdTests {
  private func herd(_ text: String) throws -> HerdConfiguration {
    try read("pools: [{name: default, \(text)}]").pools[0].herd
  }

  private func problem(_ text: String) -> String? {
    refusal(file: "pools: [{name: default, \(text)}]").map {
      String($0.dropFirst("f.yaml:1: pools[0].".count))
    }
  }

  @Test func everythingIsOffUnlessItIsSet() throws {
    let configuration = try read("pools: [{name: default}]")
    #expect(!configuration.pools[0].herd.isOn)
    #expect(!configuration.pools[0].keepsGenerations)
    #expect(configuration.generationPrefix == "gen/")
    #expect(configuration.generationDelimiter == UInt8(ascii: ":"))
  }

  @Test func allOfIt() throws {
    let herd = try herd(
      "early_refresh: {before: 10s, lease: 2s}, serve_stale: 30s, "
        + "coalesce: {wait: 1500ms, lease: 3s, max_waiters: 7}, hold_off: 2s")
    #expect(herd.refreshBefore == 10_000)
    #expect(herd.refreshLease == 2000)
    #expect(herd.serveStale == 30)
    #expect(herd.coalesceWait == 1500)
    #expect(herd.coalesceLease == 3000)
    #expect(herd.maximumWaiters == 7)
    #expect(herd.holdOff == 2000)
    #expect(
      herd.description == "early_refresh 10s, serve_stale 30s, coalesce 1500ms, hold_off 2s")
  }

  @Test func whatIsNotSaidHasItsDefault() throws {
    #expect(try herd("early_refresh: {before: 5s}").refreshLease == 5000)
    let coalesce = try herd("coalesce: {}")
    #expect(coalesce.coalesceWait == 1000)
    #expect(coalesce.coalesceLease == 5000)
    #expect(coalesce.maximumWaiters == 1024)
  }

  @Test func aShareOfTheLife() throws {
    let herd = try herd("early_refresh: {before: 10%}")
    #expect(herd.refreshPermille == 100)
    #expect(herd.refreshBefore == 0)
    #expect(herd.refreshesEarly)
  }

  @Test(arguments: [
    (
      "early_refresh: {lease: 5s}",
      "early_refresh: it has no before; add before:, as in before: 10s or before: 10%"
    ),
    ("early_refresh: {before: 26%}", "early_refresh.before: \"26%\" is out of range; give 1% to 25%"),
    ("early_refresh: {befor: 1s}", "early_refresh.befor: unknown key; did you mean before?"),
    ("early_refresh: 10s", "early_refresh: it must be a mapping; write KEY: VALUE lines here"),
    (
      "serve_stale: soon",
      "serve_stale: \"soon\" is not a duration; give seconds, or a number with s, m, h or d, as in 30m"
    ),
    ("coalesce: {wait: 11m}", "coalesce.wait: \"11m\" is out of range; give 1ms to 10m"),
    ("coalesce: {max_waiters: -1}", "coalesce.max_waiters: -1 is out of range; give 0 to 1000000"),
    ("hold_off: -2s", "hold_off: \"-2s\" is out of range; give 0ms to 10m"),
    ("generations: maybe", "generations: \"maybe\" is neither true nor false; write true or false"),
  ]) func mistakes(text: String, line: String) {
    #expect(problem(text) == line)
  }

  @Test func generationsHaveAPrefixAndADelimiter() throws {
    let configuration = try read(
      "generations: {prefix: \"g#\", delimiter: \"/\"}\npools: [{name: default, generations: true}]")
    #expect(configuration.generationPrefix == "g#")
    #expect(configuration.generationDelimiter == UInt8(ascii: "/"))
    #expect(configuration.pools[0].keepsGenerations)
    #expect(try read("generations: {prefix: \"\"}").generationPrefix == "")
    #expect(
      refusal(file: "generations: {prefix: \"a b\"}")
        == "f.yaml:1: generations.prefix: \"a b\" cannot begin a key; use at most 64 visible ASCII characters, as in gen/"
    )
  }

  @Test func aRuleChangesOnline() throws {
    let old = try read("pools: [{name: default}]")
    let new = try read("pools: [{name: default, serve_stale: 5s}]")
    let changes = old.changes(to: new)
    #expect(changes.needsRestart == [])
    #expect(changes.applied.map(\.description) == ["pool default: herd protection is serve_stale 5s now"])
  }
}
