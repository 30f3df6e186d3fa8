/// What was measured, as a table with remarks or as JSON.
struct FigureReport {
  private(set) var figures: [Figure] = []
  private(set) var remarks: [String] = []

  mutating func add(_ part: FigureReport) {
    figures += part.figures
    remarks += part.remarks
  }

  mutating func add(_ figure: Figure) { figures.append(figure) }

  /// How a figure came about.
  mutating func remark(_ line: String) { remarks.append(line) }

  var text: String {
    var table = MarkdownTable(["", "measured", "unit", "target", "met"])
    for figure in figures {
      table.add([
        figure.what, Self.number(figure.value, figure.places), figure.unit,
        figure.target.map { (figure.sign) + Self.number($0, figure.places) } ?? "-",
        figure.isMet.map { $0 ? "yes" : "no" } ?? "-",
      ])
    }
    return table.text + "\n\n" + remarks.map { "- \($0)" }.joined(separator: "\n")
  }

  var json: String {
    var object = JSONObject()
    object.add(
      "figures",
      figures.map { figure in
        var line = JSONObject()
        line.add("name", figure.name)
        line.add("value", figure.value)
        line.add("unit", figure.unit)
        if let target = figure.target { line.add("target", target) }
        if let isMet = figure.isMet { line.add("met", isMet ? "yes" : "no") }
        return line
      })
    object.add("remarks", remarks.joined(separator: "\n"))
    return object.text
  }

  private static func number(_ value: Double, _ places: Int) -> String {
    places == 0 && value.isFinite && value >= 0 && value < 1e18
      ? Format.grouped(UInt64(value.rounded())) : Format.decimal(value, places)
  }
}

extension Figure {
  fileprivate var sign: String {
    if case .atMost = bound { return "<= " }
    return ">= "
  }
}
