/// A column, with all that is needed to show its values.
public struct ColumnSchema: Sendable, Equatable {
  /// Name, kind and place in the primary key.
  public var column: Column
  /// Integers: whether they have no sign.
  public var isUnsigned: Bool
  /// Text, ENUM and SET: what their bytes are.
  public var characterSet: CharacterSet
  /// ENUM and SET: the members, in their order.
  public var members: [String]

  /// A column as declared. BINARY's length is not among it: every table map tells.
  public init(
    _ column: Column, isUnsigned: Bool = false, characterSet: CharacterSet = .utf8mb4, members: [String] = []
  ) {
    self.column = column
    self.isUnsigned = isUnsigned
    self.characterSet = characterSet
    self.members = members
  }
}
