import Foundation
import FoundationXML
import Testing

@testable import hearth_bench

@Suite struct HerdReportTests {
  private static let second: UInt64 = 1_000_000_000

  /// Four clients compute at 2 s and three at 5 s, of ten seconds.
  private static var herd: SimulatedDatabase {
    var database = SimulatedDatabase()
    for (start, count) in [(2 * second, 4), (5 * second, 3)] {
      let tickets = (0..<count).map { _ in database.begin(at: start) }
      for ticket in tickets { database.finish(ticket, at: start + second / 2) }
    }
    return database
  }

  private static var calm: SimulatedDatabase {
    var database = SimulatedDatabase()
    database.finish(database.begin(at: 3 * second), at: 3 * second + second / 5)
    return database
  }

  private func report() throws -> HerdReport {
    var report = HerdReport(plan: HerdPlan(endpoint: .unix(path: "")))
    let scenarios = try HerdScenario.named(["none", "all"], clients: 1000)
    var measure = HerdMeasure()
    measure.hits = 100
    measure.oldest = 3 * Self.second
    measure.read(wait: 2_000_000)
    measure.computed(wait: 200_000_000)
    var result = HerdResult(database: Self.herd, measure: measure, duration: 10 * Self.second)
    report.add(scenarios[1], result)
    measure.refused = 2
    measure.complaint = "SERVER_ERROR \"busy\""
    result = HerdResult(database: Self.calm, measure: measure, duration: 10 * Self.second)
    result.statistics = [("coalesced", "12"), ("mode", "on")]
    report.add(scenarios[2], result)
    return report
  }

  @Test func thePlotShowsTheLoadOnOneScale() {
    var plot = LoadPlot(duration: 72 * Self.second)
    plot.add("herd", Self.herd.computations)
    plot.add("calm", Self.calm.computations)
    let lines = plot.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "herd: at most 4")
    #expect(lines[1] == "  █  ▆" + String(repeating: " ", count: 66))
    #expect(lines[2] == "calm: at most 1")
    #expect(lines[3] == "   ▂" + String(repeating: " ", count: 68))
    #expect(lines[4] == String(repeating: "-", count: 72))
    #expect(lines[5].count == 72 && lines[5].hasPrefix("0 s ") && lines[5].hasSuffix(" 72.0 s"))
  }

  @Test func blocksShowTheSmallestLoadAndNothingElse() {
    #expect(LoadPlot.block(0, of: 1000) == " ")
    #expect(LoadPlot.block(1, of: 1000) == "▁")
    #expect(LoadPlot.block(500, of: 1000) == "▄")
    #expect(LoadPlot.block(1000, of: 1000) == "█")
    #expect(LoadPlot.block(0, of: 0) == " ")
  }

  @Test func theDrawingIsWellFormedAndHasAPanelForEachScenario() throws {
    var drawing = LoadDrawing(duration: 10 * Self.second)
    drawing.add("a < b & \"c\"", Self.herd.computations)
    drawing.add("calm", Self.calm.computations)
    let reader = SVGReader()
    let parser = XMLParser(data: Data(drawing.text.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.texts.contains("a < b & \"c\": 7 computations, at most 4 at once"))
    #expect(reader.texts.contains("calm: 1 computation, at most 1 at once"))
    #expect(reader.texts.contains("seconds"))
    // The scale ends above the peak, and is the same for both.
    #expect(reader.texts.filter { $0 == "5" }.count == 2 + 1)
    let paths = reader.elements.filter { $0.name == "path" }.compactMap { $0.attributes["d"] }
    // 680 units for ten seconds: 136 for two, 34 for half a second; 56 high for five computations.
    #expect(paths == ["M196 128v-44.8h34V128zM400 128v-33.6h34V128z", "M264 218v-11.2h14V218z"])
    #expect(!drawing.text.contains("url(") && drawing.text.contains("prefers-color-scheme: dark"))
  }

  @Test func aDrawingOfNothingIsAllRight() {
    var drawing = LoadDrawing(duration: Self.second)
    drawing.add("nothing", [])
    #expect(XMLParser(data: Data(drawing.text.utf8)).parse())
  }

  @Test func scalesEndAtRoundNumbers() {
    #expect([0, 1, 2, 3, 6, 11, 1000, 1001].map(LoadDrawing.roundUp) == [1, 1, 2, 5, 10, 20, 1000, 2000])
  }

  @Test func theTableHasARowForEachScenario() throws {
    let report = try report()
    let rows = report.text.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.filter { $0 != " " } }
    }
    #expect(rows[2] == ["none(hearthd)", "7", "2", "3.5", "4", "4", "2.0", "2.0", "200.0", "3.00", "10"])
    #expect(rows[3].prefix(6) == ["early_refresh+serve_stale+coalesce", "1", "1", "1", "1", "1"])
    #expect(
      report.text.contains("stats herd, early_refresh + serve_stale + coalesce:\n  coalesced 12\n  mode on"))
    #expect(report.text.contains("2 requests refused, 0 connections failed; first: SERVER_ERROR \"busy\""))
    #expect(report.hasErrors)
  }

  @Test func jsonHoldsEverything() throws {
    let parsed = try JSONSerialization.jsonObject(with: Data(try report().json.utf8)) as? [String: Any]
    let scenarios = try #require(parsed?["scenarios"] as? [[String: Any]])
    #expect(parsed?["clients"] as? Int == 1000)
    #expect(
      scenarios.map { $0["title"] as? String } == [
        "none (hearthd)", "early_refresh + serve_stale + coalesce",
      ])
    #expect(scenarios[0]["computations_per_expiry"] as? [Int] == [4, 3])
    #expect(scenarios[0]["most_in_flight"] as? Int == 4)
    #expect(scenarios[0]["stats_herd"] as? [String: Int] == [:])
    #expect((scenarios[1]["stats_herd"] as? [String: Any])?["coalesced"] as? Int == 12)
    #expect(scenarios[1]["first_error"] as? String == "SERVER_ERROR \"busy\"")
  }

  @Test func scenariosAreConfigurationFiles() throws {
    let all = HerdScenario.all(clients: 3000)
    #expect(all.map(\.configuration).filter { $0 == nil }.count == 2)
    #expect(
      all.last?.configuration == """
        pools:
          - name: default
            early_refresh: {before: 10s, lease: 5s}
            serve_stale: 30s
            coalesce: {wait: 1s, lease: 5s, max_waiters: 6000}

        """)
    #expect(
      try HerdScenario.named(["coalesce", "none"], clients: 1).map(\.name) == ["none", "none", "coalesce"])
    let failure = #expect(throws: SystemError.self) { try HerdScenario.named(["x"], clients: 1) }
    #expect(
      failure?.description == "no scenario x; there are none, early_refresh, coalesce, serve_stale, all")
  }
}

/// Collects the elements and texts of a drawing.
private final class SVGReader: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  private(set) var texts: [String] = []
  private var text: String?

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
    if name == "text" { text = "" }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text? += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "text", let text { texts.append(text) }
    text = nil
  }
}
