import Mustache

/// Escapes text for HTML by scalars. swift-mustache's own escaping goes by characters, and a quote with a combining mark
/// behind it is another character, which it lets through: enough to leave an attribute.
struct HTMLText: MustacheContentType {
  static let name = "HEARTH-HTML"

  private static let registration: Void = MustacheContentTypes.register(HTMLText(), named: name)

  /// Makes the name known to templates.
  static func register() { _ = registration }

  func escapeText(_ text: String) -> String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count + text.utf8.count / 8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "<"): escaped += "&lt;".utf8
      case UInt8(ascii: ">"): escaped += "&gt;".utf8
      case UInt8(ascii: "&"): escaped += "&amp;".utf8
      case UInt8(ascii: "\""): escaped += "&quot;".utf8
      case UInt8(ascii: "'"): escaped += "&#39;".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
