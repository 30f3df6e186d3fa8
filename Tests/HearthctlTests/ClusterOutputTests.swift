import HearthAdmin
import HearthJSON
import Testing

@testable import hearthctl

/// What people see of a cluster.
@Suite struct ClusterOutputTests {
  private func listing(_ change: (inout ClusterListing) -> Void = { _ in }) -> JSONValue {
    var cluster = ClusterListing(
      name: "west", node: "a", view: 17, store: "etcd", trouble: "",
      nodes: [
        .init(
          name: "a", zone: "z1", address: "10.0.0.1:11211", state: "active", incarnation: 65536, since: 3,
          epoch: 12, lag: nil, resync: nil, isProtected: false),
        .init(
          name: "bb", zone: "", address: "10.0.0.2:11211", state: "syncing", incarnation: 0, since: 0,
          epoch: 0, lag: .init(records: 7, milliseconds: 40),
          resync: .init(items: 120, bytes: 3 << 20, percent: 43, secondsLeft: 62), isProtected: true),
      ],
      pairs: [.init(nodes: ["a", "bb"], active: "a")])
    change(&cluster)
    return cluster.json
  }

  @Test func nodes() {
    #expect(
      NodesCommand.text(listing()) == """
        NODE  ZONE  ADDRESS         STATE    PROTECTED  SINCE  EPOCH  INCARNATION    LAG  RECORDS
        a     z1    10.0.0.1:11211  active   no             3     12        65536      -        -
        bb    -     10.0.0.2:11211  syncing  yes            -      -            -  40 ms        7
        bb loads: 43%, 120 items, 3.0 MiB, 1 min 2 s left
        """)
    #expect(NodesCommand.text(.object([])) == nil)
  }

  @Test func view() {
    #expect(
      ViewCommand.text(listing()) == """
        cluster west, as node a sees it: view 17
          kept in: etcd
          ready: a
          active of a and bb: a
        """)
    let text = ViewCommand.text(
      listing {
        $0.view = 0
        $0.store = "file"
        $0.trouble = "no space\u{1b}"
        $0.nodes[0].incarnation = 0
        $0.pairs = []
      })
    #expect(
      text == """
        cluster west, as node a sees it: no view yet; hearthctl bootstrap makes the first
          kept in: file
          trouble: no space?
          ready: none
        """)
    #expect(ViewCommand.text(.null) == nil)
  }

  @Test func commandLines() throws {
    let drop = try #require(try Hearthctl.parseAsRoot(["drop", "b", "--force"]) as? DropCommand)
    #expect(drop.node == "b" && drop.force)
    #expect(try Hearthctl.parseAsRoot(["promote", "b"]) is PromoteCommand)
    for wrong in [["promote"], ["drop", "--force"], ["drain", "b"], ["bootstrap", "b"]] {
      #expect(throws: (any Error).self) { try Hearthctl.parseAsRoot(wrong) }
    }
  }
}
