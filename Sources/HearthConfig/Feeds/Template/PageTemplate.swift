/// A Mustache template for a page fragment, as it was read from its file.
public struct PageTemplate: Sendable, Equatable {
  /// Bytes of a template: swift-mustache takes time that grows with the square.
  public static let sizeLimit = 64 << 10

  /// Where it was read, for messages.
  public let path: String
  /// The template.
  public let text: String
  /// Names of the row's columns that its tags use, each once.
  public let columns: [String]
  /// The line of each of `columns`, where it is used first.
  public let lines: [Int]
  /// How many tags use each of `columns`, those that show the section's own value (`{{.}}`) included.
  public let uses: [Int]
}
