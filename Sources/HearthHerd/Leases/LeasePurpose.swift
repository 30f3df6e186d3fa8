/// Why a lease was given.
enum LeasePurpose: UInt8, BitwiseCopyable {
  /// The item lives: to replace it before it expires.
  case refresh
  /// There is no item, or an expired one.
  case compute
}
