/// Why a text is not JSON: one line with the place, counted in bytes from 0.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  init(_ problem: String, at byte: Int) { description = "byte \(byte): \(problem)" }
}
