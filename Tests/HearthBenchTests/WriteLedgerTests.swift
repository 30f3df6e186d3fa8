import Testing

@testable import hearth_bench

@Suite struct WriteLedgerTests {
  @Test func aKeyOfItsOwnIsExpectedOnceItWasAcknowledged() {
    let ledger = WriteLedger(prefix: "k", capacity: 128)
    let (number, key) = ledger.begin()
    #expect(number == 1 && key == "k1" && ledger.expectation(0) == nil && ledger.stories.isEmpty)
    ledger.acknowledge(number, at: 50)
    #expect(ledger.expectation(0)?.key == "k1" && ledger.expectation(0)?.least == 1)
    #expect(ledger.stories.map(\.at) == [50] && ledger.acknowledgedCount == 1)
  }

  @Test func anUndecidedWriteIsNeitherExpectedNorCounted() {
    let ledger = WriteLedger(prefix: "k", capacity: 128)
    ledger.leaveUndecided(ledger.begin().number)
    #expect(ledger.expectation(0) == nil && ledger.stories.isEmpty && ledger.acknowledgedCount == 0)
  }

  @Test func aKeyThatIsWrittenAgainHasToBeTheNewest() {
    let ledger = WriteLedger(prefix: "k", slots: 1, capacity: 128)
    for time in [50, 60] as [UInt64] {
      let (number, key) = ledger.begin()
      #expect(key == "k0-0")
      ledger.acknowledge(number, at: time)
    }
    #expect(ledger.expectation(7)?.least == 2)
    #expect(ledger.stories.map(\.acknowledged) == [2] && ledger.acknowledgedCount == 2)
  }

  @Test func theStoryOfAKeyEndsWithAnUndecidedWrite() {
    let ledger = WriteLedger(prefix: "k", slots: 1, capacity: 128)
    ledger.acknowledge(ledger.begin().number, at: 50)
    ledger.leaveUndecided(ledger.begin().number)
    #expect(ledger.expectation(0) == nil)
    let (number, key) = ledger.begin()
    #expect(key == "k0-1")
    ledger.acknowledge(number, at: 70)
    #expect(ledger.stories.map(\.key) == ["k0-0", "k0-1"])
    #expect(ledger.stories.map(\.undecided) == [2, nil] && ledger.stories.map(\.acknowledged) == [1, 3])
  }
}

@Suite struct GapMeterTests {
  @Test func theLongestGapIsThatBetweenAnswersOrTheOpenOne() {
    let meter = GapMeter()
    for time in [10, 500, 510] as [UInt64] { meter.answer(at: time) }
    #expect(meter.longest(at: 520) == 490)
    // What was before counts no more, but the gap that is open does.
    meter.restart()
    #expect(meter.longest(at: 530) == 20)
    meter.answer(at: 600)
    #expect(meter.longest(at: 610) == 90)
  }
}
