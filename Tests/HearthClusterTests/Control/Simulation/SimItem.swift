/// What is stored under a key.
struct SimItem: Equatable {
  /// Number of the client's operation that wrote it.
  var operation: Int
}
