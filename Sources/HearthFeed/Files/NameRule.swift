/// Names that are not meant to be seen: hidden ones, and what editors leave beside the file they write.
enum NameRule {
  /// RFC 8615: hidden by its name only.
  private static let wellKnown = Array(".well-known".utf8)

  static func isLeftOut(_ name: Folder.Name) -> Bool {
    guard let first = name.first, let last = name.last else { return true }
    if first == UInt8(ascii: ".") { return name != wellKnown }
    if last == UInt8(ascii: "~") { return true }
    return first == UInt8(ascii: "#") && last == first
  }
}
