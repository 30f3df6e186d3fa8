/// Why a command ends without success: one line for standard error and the exit status.
struct Failure: Error, Equatable, CustomStringConvertible {
  let description: String
  let status: Int32

  /// The status of a wrong command line.
  static let usage: Int32 = 2

  /// hearthd understood and said no.
  static func refused(_ line: String) -> Failure { Failure(description: line, status: 1) }

  static func usage(_ line: String) -> Failure { Failure(description: line, status: usage) }

  /// There is no hearthd to talk to at the address.
  static func unreachable(_ line: String) -> Failure { Failure(description: line, status: 3) }
}
