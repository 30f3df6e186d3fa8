/// The few kinds of JSON that results need, written by hand: Foundation stays out of the program.
struct JSONObject {
  private var members: [String] = []

  mutating func add(_ name: String, _ value: String) {
    members.append("\(Self.quote(name)):\(Self.quote(value))")
  }
  mutating func add(_ name: String, _ value: UInt64) { members.append("\(Self.quote(name)):\(value)") }
  mutating func add(_ name: String, _ value: Double) {
    members.append("\(Self.quote(name)):\(value.isFinite ? "\(value)" : "null")")
  }
  mutating func add(_ name: String, _ value: JSONObject) {
    members.append("\(Self.quote(name)):\(value.text)")
  }
  mutating func add(_ name: String, _ values: [JSONObject]) {
    members.append("\(Self.quote(name)):[\(values.map(\.text).joined(separator: ","))]")
  }
  mutating func add(_ name: String, _ values: [UInt64]) {
    members.append("\(Self.quote(name)):[\(values.map(String.init).joined(separator: ","))]")
  }

  var text: String { "{" + members.joined(separator: ",") + "}" }

  static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
