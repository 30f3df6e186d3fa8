/// Why the server could not start: one clear line for the operator.
public struct ServerError: Error, CustomStringConvertible {
  /// The line.
  public let description: String
  /// The system gave no address space: a lower maximum of the memory may help.
  public let lacksAddressSpace: Bool

  init(_ description: String, lacksAddressSpace: Bool = false) {
    self.description = description
    self.lacksAddressSpace = lacksAddressSpace
  }
}
