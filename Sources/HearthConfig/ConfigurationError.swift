/// Why a configuration was refused: one line that says where, what is wrong and what to do.
///
/// The line begins with `FILE:LINE: KEY: ` for a configuration file and with `hearthd: -FLAG: ` for the command
/// line, and never holds a line break.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The whole line, without a newline at its end.
  public let message: String

  /// Creates an error from its line; control characters in it become spaces.
  public init(_ message: String) {
    self.message = String(message.map { $0.isNewline || $0 == "\0" ? " " : $0 })
  }

  /// The line itself.
  public var description: String { message }
}
