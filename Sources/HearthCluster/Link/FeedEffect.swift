/// What became of a feed's mutation of a key: one byte.
public struct FeedEffect: RawRepresentable, Equatable, Sendable {
  /// Bits 0-3: how it ended; bits 4-5: what was found before.
  public var rawValue: UInt8

  /// Any byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Nothing yet.
  public static let none = FeedEffect(rawValue: 0)
  /// The key was there, and is not any more.
  public static let removed = FeedEffect(rawValue: 1)
  /// It was not there.
  public static let absent = FeedEffect(rawValue: 2)
  /// It has the value.
  public static let stored = FeedEffect(rawValue: 3)
  /// The pool is full and never evicts.
  public static let noMemory = FeedEffect(rawValue: 4)
  /// The value is longer than the pool allows.
  public static let tooLarge = FeedEffect(rawValue: 5)
  /// It had the value before.
  public static let equal = FeedEffect(rawValue: 6)
  /// A part of a value was taken.
  public static let partTaken = FeedEffect(rawValue: 7)
  /// Another value was found.
  public static let foundDifferent = FeedEffect(rawValue: 0x10)
  /// None was found.
  public static let foundMissing = FeedEffect(rawValue: 0x20)

  /// The end of a repair that found this.
  public func after(_ found: FeedEffect) -> FeedEffect { FeedEffect(rawValue: rawValue | found.rawValue) }

  /// How it ended.
  public var end: FeedEffect { FeedEffect(rawValue: rawValue & 0x0f) }

  /// What was found before: `foundDifferent`, `foundMissing`, or `none`: nothing was looked for, or the value was there.
  public var found: FeedEffect { FeedEffect(rawValue: rawValue & 0x30) }
}

/// What a primary answers to a feed's frame: a byte, whether it has done all of it, and a `FeedEffect` for each mutation.
public enum FeedAnswer {
  /// First byte: all is done.
  public static let taken: UInt8 = 1
  /// It goes by another view, or may not act as a primary now. Some of it may be done.
  public static let notNow: UInt8 = 2
}
