import Testing

@testable import HearthCluster

@Suite("Views")
struct ViewTests {
  private let square = ClusterMap(
    nodes: Scenario.nodes(4), pools: [MapPool(name: "p", copies: [[0, 1], [2, 3]])])

  private func view(_ map: ClusterMap, ready: [Int]) -> View {
    var change = ViewChange()
    change.joining = ready.map { ($0, 100) }
    return View(map: map).successor(number: 1, change)
  }

  @Test func `a primary is the owner in the first copy whose owner is ready`() {
    let view = view(square, ready: [1, 2, 3])
    #expect(view.primary(pool: 0, owners: [1, 3]) == 1)
    #expect(view.primary(pool: 0, owners: [0, 3]) == 3)
    #expect(view.primaries(over: 0) == [2, 3])
    #expect(view.primaries(over: 2) == [1])
    #expect(view.followers(of: 3) == [0])
  }

  @Test func `who gains keys begins a reign, who loses keys does not`() {
    var change = ViewChange()
    change.leaving = [0]
    let before = view(square, ready: [0, 1, 2, 3])
    #expect(before.standings.map(\.epoch) == [1, 1, 0, 0])
    let without = before.successor(number: 2, change)
    #expect(without.standings.map(\.epoch) == [0, 1, 2, 2])
    change = ViewChange()
    change.joining = [(0, 101)]
    #expect(without.successor(number: 3, change).standings.map(\.epoch) == [3, 1, 2, 2])
  }

  @Test func `a node can be spared while others hold each of its keys`() {
    let view = view(square, ready: [1, 2, 3])
    #expect(view.canSpare(1, among: [2, 3]))
    #expect(!view.canSpare(1, among: [2]))
    #expect(!view.canSpare(2, among: [1, 3]))
  }

  @Test func `the copy of a pair's standby comes last`() {
    let before = view(Scenario.pair.map, ready: [0, 1])
    #expect(before.primary(pool: 0, owners: [0, 1]) == 0)
    var change = ViewChange()
    change.actives = [(0, 1)]
    let after = before.successor(number: 2, change)
    #expect(after.primary(pool: 0, owners: [0, 1]) == 1)
    #expect(after.standings.map(\.epoch) == [1, 2])
    #expect(after.ready == [0, 1])
  }

  @Test func `nodes keep their numbers whatever the order of the file`() throws {
    let view = view(square, ready: [0, 1, 2, 3])
    var wanted = square
    wanted.nodes = [
      MapNode(name: "new", host: "new", port: 1, weight: 2), square.nodes[3], square.nodes[2],
      square.nodes[0],
    ]
    wanted.pools = [MapPool(name: "p", copies: [[0, 3], [1, 2]])]
    let plan = try view.plan(wanted)
    #expect(plan.nodes.map(\.name) == ["n0", "n1", "n2", "n3", "new"])
    #expect(plan.pools[0].copies == [[0, 4], [2, 3]])
    #expect(!view.has(wanted))
    var reordered = square
    reordered.nodes.reverse()
    reordered.pools = [MapPool(name: "p", copies: [[2, 3], [0, 1]])]
    #expect(view.has(reordered))
  }

  @Test func `only who gains keys has to load`() {
    var wanted = square
    wanted.nodes = Scenario.nodes(5)
    wanted.pools = [MapPool(name: "p", copies: [[0, 1, 4], [2, 3]])]
    // Ketama: a node of the same weight takes from all others and gives to none.
    #expect(square.gainers(of: wanted, pool: 0) == [4])
    var change = ViewChange()
    change.map = .begin(wanted)
    let joint = view(square, ready: [0, 1, 2, 3]).successor(number: 2, change)
    #expect(joint.change?.complete == [0, 1, 2, 3])
    #expect(joint.primaries(over: 4) == [0, 1])
    #expect(joint.primaries(over: 1) == [])
    #expect(joint.standings.map(\.epoch) == [1, 1, 0, 0, 0])
  }

  @Test func `who takes keys over by a new map begins a reign, and who owns nothing leaves at the end`() {
    var wanted = square
    wanted.pools = [MapPool(name: "p", copies: [[0], [2, 3]])]
    var change = ViewChange()
    change.map = .begin(wanted)
    var view = view(square, ready: [0, 1, 2, 3]).successor(number: 2, change)
    #expect(view.sources(of: 0) == [1])
    change.map = .conclude
    view = view.successor(number: 3, change)
    #expect(view.standings[0].epoch == 3 && view.ready == [0, 1, 2, 3])
    // The last records of those that were owners are still waited for.
    #expect(view.relatives(of: 0) == [1, 2, 3])
    change.map = .settle
    view = view.successor(number: 4, change)
    #expect(view.ready == [0, 2, 3] && view.relatives(of: 0) == [2, 3])
  }
}
