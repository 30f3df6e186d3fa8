import Testing

@testable import hearth_bench

@Suite struct FeedBenchTests {
  private func figure(_ value: Double, _ bound: Figure.Bound, places: Int = 2) -> Figure {
    Figure(what: "x", name: "x", value: value, unit: "ms", places: places, bound: bound)
  }

  @Test func figuresAreMetByTheirValueAndNotByItsPrint() {
    #expect(figure(2.0, .atMost(2)).isMet == true)
    #expect(figure(2.001, .atMost(2)).isMet == false)
    #expect(figure(499_999.9, .atLeast(500_000)).isMet == false)
    #expect(figure(500_000, .atLeast(500_000)).isMet == true)
    #expect(figure(1, .none).isMet == nil)
    #expect(figure(.nan, .atMost(1)).isMet == false)
  }

  @Test func reportsAreTablesOrJSON() {
    var report = FigureReport()
    report.add(
      Figure(
        what: "rows", name: "rows", value: 612_345.4, unit: "rows/s", places: 0, bound: .atLeast(500_000)))
    report.add(
      Figure(what: "p99", name: "p99", value: 11.5, unit: "ms", places: 2, bound: .atMost(10)))
    report.remark("how")
    #expect(
      report.text == """
        |      | measured |   unit |     target | met |
        | ---- | -------: | -----: | ---------: | --: |
        | rows |  612,345 | rows/s | >= 500,000 | yes |
        | p99  |    11.50 |     ms |   <= 10.00 |  no |

        - how
        """)
    #expect(report.json.contains(#"{"name":"p99","value":11.5,"unit":"ms","target":10.0,"met":"no"}"#))
  }

  @Test func paceIsKeptByTheClock() {
    let pace = Pace(start: 1000, rate: 5000)
    #expect(pace.due(0) == 1000)
    #expect(pace.due(1) == 201_000)
    #expect(pace.due(5_000_000) == 1_000_000_001_000)
  }

  @Test func aChangeThatWasThereBeforeItsCommitReturnedTookNoTime() {
    var sample = VisibilitySample(id: 1, version: 7)
    #expect(sample.delay == nil)
    sample.committed = 500
    #expect(sample.delay == nil)
    sample.seen = 400
    #expect(sample.delay == 0)
    sample.seen = 700
    #expect(sample.delay == 200)
  }

  @Test func samplesAreTakenOnceAndInOrder() {
    let board = VisibilityBoard(capacity: 1)
    let first = board.announce(VisibilitySample(id: 3, version: 1))
    let second = board.announce(VisibilitySample(id: 4, version: 2))
    #expect(board.take().map(\.number) == [first, second])
    #expect(board.take().isEmpty)
    board.committed(second, at: 10)
    board.seen(second, at: 15)
    #expect(board.samples.map(\.delay) == [nil, 5])
  }

  @Test func versionsComeFromTheReply() {
    let reply =
      "VALUE item:12 0 30\r\n{\"id\":12,\"version\":345,\"x\":1}\r\nVALUE item:7 0 20\r\n{\"version\":6}\r\nEND\r\n"
    #expect(EntryVersions.of(reply) == [12: 345, 7: 6])
    #expect(EntryVersions.of("END\r\n").isEmpty)
    #expect(EntryVersions.of("SERVER_ERROR pool items loading 5%\r\n").isEmpty)
  }

  @Test func latencyBeginsWhenAReplyKeptTheRequestWaiting() {
    // The program itself came late: the server is not to blame.
    #expect(PacedClient.beginning(due: 100, sent: 180, lastReply: 50) == 180)
    // The reply before came late: the wait counts.
    #expect(PacedClient.beginning(due: 100, sent: 180, lastReply: 170) == 100)
  }

  @Test func aBadSecondDoesNotDecide() {
    var latencies = Latencies()
    let good = (1...100).map { UInt64($0) * 1000 }
    latencies.add([good, good.map { $0 * 50 }, good, [9_000_000]])
    #expect(latencies.p50 == 51)
    #expect(latencies.p99 == 100)
  }

  @Test func memoryOfPoolsIsToldFromTheRest() {
    let smaps = """
      00400000-00500000 r-xp 00000000 fe:00 1   /usr/sbin/hearthd
      Rss:                 600 kB
      Pss:                 300 kB
      VmFlags: rd ex mr mw me
      10000000-10200000 rw-p 00000000 00:00 0
      Rss:                  40 kB
      VmFlags: rd wr mr mw me ac nr
      10200000-20000000 rw-p 00000000 00:00 0
      Rss:              200000 kB
      VmFlags: rd wr mr mw me ac nr hg
      20000000-20100000 rw-p 00000000 00:00 0
      Rss:                  16 kB
      VmFlags: rd wr mr mw me ac
      7f0000000000-7f0000100000 rw-p 00000000 00:00 0
      Rss:                 512 kB
      VmFlags: rd wr mr mw me ac nr
      """
    let maps = MemoryMaps(smaps: smaps)
    #expect(maps.pools == 200_040 << 10)
    #expect(maps.others == 1128 << 10)
  }
}
