import Testing

@testable import HearthCluster

@Suite("Views that cannot be")
struct InconsistentViewTests {
  private static let map = ClusterMap(
    nodes: Scenario.nodes(3), pools: [MapPool(name: "p", copies: [[0], [1]])], pairs: [StandbyPair(0, 1)])

  private static let ready: Standing = {
    var standing = Standing()
    standing.incarnation = 7
    standing.since = 2
    standing.epoch = 2
    return standing
  }()

  private func view(
    number: UInt64 = 2, standings: [Standing] = [ready, Standing(), Standing()], actives: [Int] = [0]
  ) -> View? {
    View(number: number, map: Self.map, standings: standings, actives: actives)
  }

  @Test func `one that can be is taken`() {
    #expect(view()?.ready == [0])
  }

  @Test func `counts have to be those of the map`() {
    #expect(view(standings: [Self.ready]) == nil)
    #expect(view(actives: []) == nil)
  }

  @Test func `an active node is one of its pair, and ready if one of them is`() {
    #expect(view(actives: [2]) == nil)
    #expect(view(actives: [1]) == nil)
  }

  @Test func `nothing began in a later view`() {
    #expect(view(number: 1) == nil)
  }

  @Test func `who is not ready has no epoch`() {
    var standing = Standing()
    standing.epoch = 1
    #expect(view(standings: [Self.ready, standing, Standing()]) == nil)
  }

  @Test(arguments: [
    ClusterMap(nodes: [], pools: []),
    ClusterMap(nodes: Scenario.nodes(2), pools: [MapPool(name: "p", copies: [[0, 1], [1]])]),
    ClusterMap(nodes: Scenario.nodes(2), pools: [MapPool(name: "p", copies: [[0], []])]),
    ClusterMap(nodes: Scenario.nodes(2), pools: [MapPool(name: "p", copies: [[0], [2]])]),
  ])
  func `a map whose numbers do not fit together is not read`(_ map: ClusterMap) {
    var writer = FieldWriter([])
    map.write(to: &writer)
    let bytes = writer.finish()
    #expect(throws: FieldReader.Malformed.self) {
      try bytes.withUnsafeBytes { raw in
        var reader = FieldReader(raw)
        _ = try ClusterMap(reading: &reader)
      }
    }
  }
}
