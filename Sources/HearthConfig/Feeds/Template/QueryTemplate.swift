/// A SELECT with columns of a row as parameters: `select id from photos where user_id = :user_id`.
public struct QueryTemplate: Sendable, Equatable {
  /// Characters of a statement.
  public static let lengthLimit = 16_384
  /// Parameters of a statement.
  public static let parameterLimit = 64

  /// The statement to prepare, with a `?` for each parameter.
  public let text: String
  /// The column that each `?` stands for.
  public let parameters: [String]

  init(text: String, parameters: [String]) {
    self.text = text
    self.parameters = parameters
  }
}
