/// One clear line about what could not be set up.
public struct NetError: Error, CustomStringConvertible {
  /// The line.
  public let description: String

  init(_ description: String) { self.description = description }
}
