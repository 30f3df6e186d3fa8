import Testing

@testable import hearth_bench

@Suite struct ReportTests {
  @Test func tablesAreAlignedMarkdown() {
    var table = MarkdownTable(["case", "us"])
    table.add(["get", "1.25"])
    table.add(["a longer one", "12"])
    #expect(
      table.text == """
        | case         |   us |
        | ------------ | ---: |
        | get          | 1.25 |
        | a longer one |   12 |
        """)
  }

  @Test func comparisonShowsRatiosAndTargets() {
    var table = CompareTable(tuned: true)
    let item = CompareCase.all[0]
    table.add(item, ["memcached": 7, "memcached -R 1000": 6, "hearthd": 5])
    let lines = table.text.split(separator: "\n")
    #expect(
      lines[2].split(separator: "|").map { $0.filter { $0 != " " } }
        == ["get,depth1", "7.000", "6.000", "5.000", "1.40", "1.20", "1.4", "yes"])
    var missed = CompareTable(tuned: false)
    missed.add(item, ["memcached": 6.9, "hearthd": 5])
    #expect(missed.text.hasSuffix("|  1.38 |    1.4 |  no |"))
  }

  @Test func missRatiosAndTheirMean() {
    var table = ReplayTable()
    table.add(
      "a", memory: 64, share: 0.1, theirs: ReplayResult(requests: 100, misses: 50, refused: 0),
      ours: ReplayResult(requests: 100, misses: 40, refused: 0))
    table.add(
      "b", memory: 64, share: 0.1, theirs: ReplayResult(requests: 100, misses: 40, refused: 0),
      ours: ReplayResult(requests: 100, misses: 50, refused: 2))
    #expect(table.ratios == [0.8, 1.25])
    #expect(table.text.contains("0.800") && table.text.contains("0 / 2") && table.text.contains("50.00 %"))
    #expect(table.summary.contains("1.000") && table.summary.contains("1.250"))
  }

  @Test func numbers() {
    #expect(Format.decimal(1.005, 1) == "1.0")
    #expect(Format.decimal(0.05, 1) == "0.1")
    #expect(Format.decimal(-0.04, 1) == "0.0")
    #expect(Format.decimal(-2.5, 2) == "-2.50")
    #expect(Format.decimal(12, 0) == "12")
    #expect(Format.decimal(.nan, 2) == "-")
    #expect(Format.grouped(0) == "0")
    #expect(Format.grouped(999) == "999")
    #expect(Format.grouped(1_234_567) == "1,234,567")
    #expect(Format.microseconds(1500) == "1.5")
  }

  @Test func mediansAndMeans() {
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(Statistics.median([4, 1, 2, 3]) == 2.5)
    #expect(Statistics.median([]).isNaN)
    #expect(abs(Statistics.geometricMean([0.5, 2]) - 1) < 1e-12)
  }

  @Test func jsonIsQuoted() {
    var object = JSONObject()
    object.add("a\"b", "line\n\\")
    object.add("n", 3 as UInt64)
    object.add("x", Double.nan)
    #expect(object.text == #"{"a\"b":"line\u000a\\","n":3,"x":null}"#)
  }

  @Test func densityIsPerResidentGibibyte() {
    #expect(Density(items: 100, residentBytes: 512 << 20).itemsPerGibibyte == 200)
  }

  /// Items that live two more seconds, then one that has been overdue since before.
  @Test func scheduleOfExpiry() {
    var schedule = ExpirySchedule()
    schedule.add(time: 12, count: 10)
    schedule.add(time: 5, count: 3)
    #expect(schedule.total == 13)
    #expect(schedule.last == 12)
    #expect(schedule.alive(from: 10, to: 11) == 10)
    #expect(schedule.alive(from: 10, to: 14) == 20)
    #expect(schedule.alive(from: 4, to: 6) == 23)
    #expect(schedule.alive(from: 20, to: 30) == 0)
  }
}
