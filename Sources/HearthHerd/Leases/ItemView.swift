/// What a read found in the store, as far as herd protection needs to know. Times in milliseconds.
public struct ItemView: Sendable {
  /// Whether there is an item.
  public enum State: UInt8, Sendable {
    /// None, or one that must not be seen.
    case absent
    /// One that may be served.
    case live
    /// One that is past its expiry, still kept.
    case expired
  }

  /// Whether there is an item.
  public var state: State
  /// It was written last by add, incr or decr: a lock or a counter, which no one is to see too early or too
  /// late.
  public var isExempt: Bool
  /// Of a live item: what is left of its life.
  public var remaining: UInt64
  /// Of an expired item: how long it has been.
  public var expiredFor: UInt64
  /// The whole life it was given, 0 when it never expires.
  public var life: UInt64
  /// Its CAS: the token by which a meta client proves that it won. 0 if it is not to be one.
  public var version: UInt64

  /// Any state; the other forms are the usual way.
  @inlinable @inline(__always)
  public init(
    _ state: State, isExempt: Bool = false, remaining: UInt64 = 0, expiredFor: UInt64 = 0, life: UInt64 = 0,
    version: UInt64 = 0
  ) {
    self.state = state
    self.isExempt = isExempt
    self.remaining = remaining
    self.expiredFor = expiredFor
    self.life = life
    self.version = version
  }

  /// Nothing to be seen.
  @inlinable @inline(__always)
  public static var absent: ItemView { ItemView(.absent) }

  /// An item that never expires.
  @inlinable @inline(__always)
  public static var permanent: ItemView { ItemView(.live, remaining: .max) }

  /// A live item with an expiry.
  @inlinable @inline(__always)
  public static func live(
    remaining: UInt64, life: UInt64, version: UInt64 = 0, isExempt: Bool = false
  ) -> ItemView {
    ItemView(.live, isExempt: isExempt, remaining: remaining, life: life, version: version)
  }

  /// An item that expired so many milliseconds ago and is still kept.
  @inlinable @inline(__always)
  public static func expired(for expiredFor: UInt64, version: UInt64 = 0, isExempt: Bool = false) -> ItemView
  {
    ItemView(.expired, isExempt: isExempt, expiredFor: expiredFor, version: version)
  }
}
