/// Something that a rig could not do, in one line for the user.
public struct RigError: Error, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// An error with this line.
  public init(_ description: String) { self.description = description }
}
