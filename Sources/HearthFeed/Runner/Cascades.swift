/// What a table's foreign keys do to its rows by themselves.
struct Cascades: Sendable, Equatable {
  /// ON DELETE CASCADE or SET NULL.
  var onDelete = false
  /// ON UPDATE CASCADE or SET NULL.
  var onUpdate = false
}
