/// A column of a table, as far as mappings care.
public struct Column: Sendable, Equatable {
  /// As declared.
  public var name: String
  /// What its values are.
  public var kind: ColumnKind
  /// Position in the primary key from 0 on; nil: not part of it.
  public var primaryKeyPosition: Int?

  /// A column that is not part of the primary key unless told otherwise.
  public init(name: String, kind: ColumnKind, primaryKeyPosition: Int? = nil) {
    self.name = name
    self.kind = kind
    self.primaryKeyPosition = primaryKeyPosition
  }
}
