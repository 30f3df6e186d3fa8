/// Why a table cannot be mapped as configured: one line that names the table, the place, and the remedy.
public struct MappingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The whole line.
  public let message: String

  init(_ message: String) { self.message = message }

  /// The line itself.
  public var description: String { message }
}
