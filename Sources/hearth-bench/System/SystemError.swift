import CHearth
import Glibc

/// Something that went wrong outside this program, in one line for the user.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Names the call and what `errno` says; take it directly after the call.
  init(call: String, errno code: Int32 = hearth_errno()) {
    description = "\(call): \(String(cString: strerror(code)))"
  }
}
