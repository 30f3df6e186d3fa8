import Glibc

/// Bytes that belong to somebody else (a large value pinned in the store) and are sent from where they are.
/// `context` identifies them to the two functions; `release` is called exactly once.
public struct ForeignBytes {
  /// Handed to the functions below.
  public var context: UnsafeMutableRawPointer
  /// Number of bytes in all.
  public var length: Int
  /// The contiguous bytes from an offset on.
  public var piece: @convention(c) (_ context: UnsafeMutableRawPointer, _ offset: Int) -> ForeignPiece
  /// Ends the use of the bytes.
  public var release: @convention(c) (_ context: UnsafeMutableRawPointer) -> Void

  /// Bytes served by the given functions.
  public init(
    context: UnsafeMutableRawPointer, length: Int,
    piece: @escaping @convention(c) (UnsafeMutableRawPointer, Int) -> ForeignPiece,
    release: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void
  ) {
    self.context = context
    self.length = length
    self.piece = piece
    self.release = release
  }
}

/// A contiguous part of foreign bytes, in the layout of `struct iovec` so that C conventions carry it.
public typealias ForeignPiece = iovec
