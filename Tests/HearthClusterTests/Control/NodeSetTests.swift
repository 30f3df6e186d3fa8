import Testing

@testable import HearthCluster

@Suite("Sets of nodes")
struct NodeSetTests {
  @Test func `members are walked from the lowest on`() {
    let set: NodeSet = [5, 0, 63]
    #expect(Array(set) == [0, 5, 63])
    #expect(set.count == 3)
    #expect(set.subtracting([5]) == [0, 63])
  }
}
