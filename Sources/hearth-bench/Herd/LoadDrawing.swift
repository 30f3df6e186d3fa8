/// Computations in flight over time as SVG: one panel per scenario, all on one scale, readable on light and dark
/// grounds. The heading of a panel is its legend.
struct LoadDrawing {
  private static let width = 760
  private static let left = 60
  private static let right = 20
  private static let top = 46
  private static let panel = 64
  private static let heading = 26
  private static let bottom = 44
  /// Distinct for most colour-blind eyes (Okabe and Ito 2008), of middling lightness.
  private static let colours = ["#d55e00", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9"]

  private var rows: [(title: String, computations: Int, load: DatabaseLoad)] = []
  /// Nanoseconds that each panel covers.
  let duration: UInt64

  init(duration: UInt64) { self.duration = duration }

  private static var plotWidth: Int { width - left - right }

  mutating func add(_ title: String, _ computations: [Computation]) {
    // One column per unit of width: the step of a column is as wide as the line.
    let load = DatabaseLoad(computations, duration: duration, columns: Self.plotWidth)
    rows.append((title, computations.count, load))
  }

  var text: String {
    let height = Self.top + rows.count * (Self.panel + Self.heading) + Self.bottom
    let peak = Self.roundUp(rows.map(\.load.peak).max() ?? 0)
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" width="\(Self.width)" \
      height="\(height)" role="img" font-family="system-ui, sans-serif" font-size="12">
      <title>Database load by herd protection</title>
      <style>
      .ink { fill: #6b6b6b } .faint { fill: #777 } .axis { stroke: #777 } .grid { stroke: #777; stroke-opacity: .25 }
      @media (prefers-color-scheme: dark) { .ink { fill: #ddd } .faint { fill: #999 } }
      </style>
      """,
      Self.label(Self.left, 20, "ink", "Computations in flight in the database", size: 14),
    ]
    for (i, row) in rows.enumerated() {
      let head = Self.top + i * (Self.panel + Self.heading)
      parts += Self.panel(
        row.title, row.computations, row.load, at: head, peak, Self.colours[i % Self.colours.count])
    }
    parts += timeAxis(at: Self.top + rows.count * (Self.panel + Self.heading))
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func panel(
    _ title: String, _ computations: Int, _ load: DatabaseLoad, at y: Int, _ peak: Int, _ colour: String
  ) -> [String] {
    let base = y + heading + panel - 8
    let tall = panel - 8
    let end = width - right
    let caption =
      "\(title): \(Format.grouped(UInt64(computations))) computation\(computations == 1 ? "" : "s"), at most \(Format.grouped(UInt64(load.peak))) at once"
    return [
      #"<rect x="\#(left)" y="\#(y + 7)" width="10" height="10" fill="\#(colour)"/>"#,
      label(left + 16, y + 16, "ink", caption),
      #"<line class="grid" x1="\#(left)" y1="\#(base - tall)" x2="\#(end)" y2="\#(base - tall)"/>"#,
      label(left - 6, base - tall + 4, "faint", Format.grouped(UInt64(peak)), anchor: "end"),
      label(left - 6, base + 4, "faint", "0", anchor: "end"),
      #"<path fill="\#(colour)" d="\#(path(load, base, tall, peak))"/>"#,
      #"<line class="axis" x1="\#(left)" y1="\#(base)" x2="\#(end)" y2="\#(base)"/>"#,
    ]
  }

  /// Rectangles over the columns with the same load; even a single computation stays visible.
  private static func path(_ load: DatabaseLoad, _ base: Int, _ tall: Int, _ peak: Int) -> String {
    var steps: [String] = []
    var column = 0
    while column < load.columns.count {
      let value = load.columns[column]
      var end = column
      while end < load.columns.count, load.columns[end] == value { end += 1 }
      if value > 0 {
        let height = max(Double(value) / Double(peak) * Double(tall), 1.5)
        steps.append("M\(left + column) \(base)v-\(Format.decimal(height, 1))h\(end - column)V\(base)z")
      }
      column = end
    }
    return steps.joined()
  }

  private func timeAxis(at y: Int) -> [String] {
    let seconds = Double(duration) / 1e9
    var step = 1.0
    for candidate in [1.0, 2, 5, 10, 20, 60, 120, 300, 600, 3600] where seconds / step > 12 {
      step = candidate
    }
    var parts: [String] = []
    var time = 0.0
    while time <= seconds {
      let x = Self.left + Int(time / seconds * Double(Self.plotWidth))
      parts.append(#"<line class="axis" x1="\#(x)" y1="\#(y - 8)" x2="\#(x)" y2="\#(y - 3)"/>"#)
      parts.append(Self.label(x, y + 12, "faint", Format.decimal(time, 0), anchor: "middle"))
      time += step
    }
    parts.append(Self.label(Self.left + Self.plotWidth / 2, y + 32, "ink", "seconds", anchor: "middle"))
    return parts
  }

  private static func label(
    _ x: Int, _ y: Int, _ style: String, _ text: String, anchor: String = "start", size: Int = 12
  ) -> String {
    #"<text class="\#(style)" x="\#(x)" y="\#(y)" text-anchor="\#(anchor)" font-size="\#(size)">\#(escape(text))</text>"#
  }

  static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// The next of 1, 2, 5, 10, 20, ... at or above the value: the top of the scale.
  static func roundUp(_ value: Int) -> Int {
    var unit = 1
    while true {
      for factor in [1, 2, 5] where factor * unit >= value { return factor * unit }
      unit *= 10
    }
  }
}
