import Testing

@testable import hearth_bench

@Suite struct SimulatedDatabaseTests {
  @Test func computationsAreRecordedAndCountedWhileTheyRun() {
    var database = SimulatedDatabase()
    let first = database.begin(at: 10)
    let second = database.begin(at: 12)
    #expect(database.inFlight == 2)
    database.finish(first, at: 20)
    let third = database.begin(at: 21)
    #expect(database.inFlight == 2)
    database.finish(second, at: 30)
    #expect(database.mostInFlight == 2)
    #expect(third == 2)
    #expect(
      database.computations == [
        Computation(start: 10, end: 20), Computation(start: 12, end: 30), Computation(start: 21),
      ])
    #expect(
      database.shifted(by: 10).computations == [
        Computation(start: 0, end: 10), Computation(start: 2, end: 20), Computation(start: 11),
      ])
  }

  /// Two herds, then one computation, then one that the end of the run cut off.
  @Test func computationsOfOneExpiryBelongTogether() {
    let computations =
      [0, 5, 9, 12].map { Computation(start: $0, end: $0 + 10) }
      + [100, 101].map { Computation(start: $0, end: $0 + 10) } + [Computation(start: 200, end: 210)]
    #expect(ExpiryTally(computations, margin: 25).counts == [4, 2, 1])
    #expect(ExpiryTally(computations, margin: 25).median == 2)
    #expect(ExpiryTally(computations, margin: 25).most == 4)
    let unfinished = computations + [Computation(start: 300)]
    #expect(ExpiryTally(unfinished, margin: 25).counts == [4, 2, 1])
    #expect(ExpiryTally([], margin: 25).counts.isEmpty)
    #expect(ExpiryTally([], margin: 25).most == 0)
  }

  /// A slow first computation: those who begin long after it, but before it is done, are of the same expiry.
  @Test func anExpiryLastsUntilItsFirstValueIsThere() {
    let computations = [
      Computation(start: 0, end: 500), Computation(start: 100, end: 600), Computation(start: 499, end: 999),
      Computation(start: 511, end: 700),
    ]
    #expect(ExpiryTally(computations, margin: 10).counts == [3, 1])
  }

  @Test func loadIsTheMostAtOneMomentOfEachColumn() {
    let computations = [
      Computation(start: 10, end: 35), Computation(start: 20, end: 25), Computation(start: 25, end: 29),
      Computation(start: 80), Computation(start: 100, end: 120),
    ]
    let load = DatabaseLoad(computations, duration: 100, columns: 10)
    #expect(load.columns == [0, 1, 2, 1, 0, 0, 0, 0, 1, 1])
    #expect(load.peak == 2)
    let touching = [Computation(start: 0, end: 50), Computation(start: 50, end: 70)]
    #expect(DatabaseLoad(touching, duration: 100, columns: 4).columns == [1, 1, 1, 0])
    #expect(DatabaseLoad([], duration: 100, columns: 3).columns == [0, 0, 0])
  }
}
