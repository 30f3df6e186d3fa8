/// The arguments of a meta request, read in one pass over its flags when it is executed. The parser has
/// checked them, so this cannot fail. A request without such flags costs one test.
@frozen
public struct MetaArguments: Sendable {
  /// T: seconds, memcached's rules (`ExpiryTime`).
  public var ttl: Int32 = 0
  /// N: seconds for an item made on a miss.
  public var vivifyTTL: Int32 = 0
  /// R: seconds, as an exptime.
  public var recacheTTL: Int32 = 0
  /// C
  public var compareCAS: UInt64 = 0
  /// E
  public var explicitCAS: UInt64 = 0
  /// D
  public var delta: UInt64 = 1
  /// J
  public var initial: UInt64 = 0
  /// F
  public var clientFlags: UInt32 = 0
  /// M; `.set` for ms and `.increment` for ma without one.
  public var mode: MetaMode

  /// The arguments of `request`, parsed from `input`. Which of them were given: `request.has(MetaFlag.…)`.
  @inlinable @inline(__always)
  public init(_ request: Request, in input: UnsafeRawBufferPointer) {
    mode = request.verb == .metaArithmetic ? .increment : .set
    if request.has(MetaFlag.withArgument) { read(request, input) }
  }

  @usableFromInline
  mutating func read(_ request: Request, _ input: UnsafeRawBufferPointer) {
    var flags = MetaFlagIterator(request, in: input)
    while let flag = flags.next() {
      let cursor = flags.cursor
      switch flag.letter {
      case 0x54: ttl = cursor.strictInt32(flag.argument) ?? 0
      case 0x4e: vivifyTTL = cursor.strictInt32(flag.argument) ?? 0
      case 0x52: recacheTTL = cursor.strictInt32(flag.argument) ?? 0
      case 0x43: compareCAS = cursor.strictUInt64(flag.argument) ?? 0
      case 0x45: explicitCAS = cursor.strictUInt64(flag.argument) ?? 0
      case 0x44: delta = cursor.strictUInt64(flag.argument) ?? 1
      case 0x4a: initial = cursor.strictUInt64(flag.argument) ?? 0
      case 0x46: clientFlags = cursor.strictUInt32(flag.argument) ?? 0
      case 0x4d where flag.argument.count > 0:
        let letter = cursor.byte(at: Int(flag.argument.start))
        if request.verb == .metaSet { mode = MetaMode(storage: letter) ?? mode }
        if request.verb == .metaArithmetic { mode = MetaMode(arithmetic: letter) ?? mode }
      default: break
      }
    }
  }
}
