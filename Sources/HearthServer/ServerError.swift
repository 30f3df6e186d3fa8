/// Why the server could not start: one clear line for the operator.
public struct ServerError: Error, CustomStringConvertible {
  /// The line.
  public let description: String

  init(_ description: String) { self.description = description }
}
