import HearthNet

/// Why the interface could not be set up: one clear line for the operator.
public struct AdminError: Error, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ error: NetError) { description = error.description }
}
