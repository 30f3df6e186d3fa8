/// Why a text in a small language of the configuration was refused.
public struct SyntaxProblem: Error, Equatable, Sendable {
  /// Where, in characters from 1 on.
  public let column: Int
  /// What is wrong.
  public let problem: String
  /// What to do.
  public let remedy: String

  init(at offset: Int, _ problem: String, _ remedy: String) {
    column = offset + 1
    self.problem = problem
    self.remedy = remedy
  }
}

extension Origin {
  /// The line for a problem in a value's text.
  func error(_ problem: SyntaxProblem) -> ConfigurationError {
    error("column \(problem.column), \(problem.problem)", problem.remedy)
  }
}
