import CHearth
import HearthCluster
import HearthConfig
import HearthHerd
import HearthProtocol
import HearthStorage

/// A pool with the rules that apply to its keys. Lives at a fixed address in `PoolTable`. The rules are single
/// words that the main thread may change while workers read them.
struct ServerPool: ~Copyable {
  let pool: Pool
  let index: Int
  /// First byte of the prefix; the bytes live for ever.
  let prefix: UnsafePointer<UInt8>
  let prefixLength: Int
  /// Largest item in memcached's reckoning, see `exceedsLimit`.
  var itemSizeLimit: Int
  /// Expiry in seconds of an item written with expiry 0; 0: none.
  var ttlDefault: UInt32
  /// Longest life in seconds; 0: any.
  var ttlMaximum: UInt32
  /// How its readers are protected; nil: not at all. A rule that was replaced stays where it is for ever, because
  /// somebody may be reading it.
  var rule: UnsafePointer<HerdRule>?
  /// What a feed that fills it has to say; nil: no feed does. Set before the workers start.
  var fed: UnsafeMutablePointer<FedPool>?
  /// On which nodes its keys are, in one copy; nil: here, or in several copies, and where those are is the ruling's to say.
  let placement: UnsafePointer<Placement>?
  /// When a write is acknowledged, if there are several copies; nil: there are not.
  let replication: UnsafePointer<ReplicationRule>?
  /// Clients see CAS values; without (`-C`) all of them are 0.
  let showsCAS: Bool

  /// Its keys are on several nodes.
  var isShared: Bool { placement != nil || replication != nil }

  /// memcached's test: header 48, CAS 8, key and a NUL, value with CR LF, and client flags when there are any.
  /// Kept to the byte because users tune their values to it.
  @inline(__always)
  func exceedsLimit(keyLength: Int, valueLength: Int, clientFlags: UInt32) -> Bool {
    48 &+ 8 &+ keyLength &+ 1 &+ valueLength &+ 2 &+ (clientFlags != 0 ? 4 : 0) > itemSizeLimit
  }

  /// When an item written now with the client's exptime expires: absolute seconds, 0 never.
  @inline(__always)
  func expiry(_ exptime: Int32, now: UInt32) -> UInt32 {
    var expiry = exptime == 0 ? 0 : ExpiryTime.absolute(exptime, now: now)
    if ttlDefault | ttlMaximum != 0 {
      if expiry == 0 && ttlDefault != 0 { expiry = now &+ ttlDefault }
      if ttlMaximum != 0 && (expiry == 0 || expiry > now &+ ttlMaximum) { expiry = now &+ ttlMaximum }
    }
    return expiry
  }
}
