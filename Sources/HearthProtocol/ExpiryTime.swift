/// memcached's rule for every exptime and TTL a client gives.
public enum ExpiryTime {
  /// Longest relative time, 30 days; a larger number is a point in time.
  @inlinable public static var longestRelative: Int32 { 30 * 24 * 60 * 60 }

  /// An expiry that has passed already.
  @inlinable public static var gone: UInt32 { 1 }

  /// Absolute unix seconds at which an item with this exptime is gone: 0 for never, `gone` for negative and
  /// past ones, the last possible second where the sum would not fit.
  @inlinable @inline(__always)
  public static func absolute(_ exptime: Int32, now: UInt32) -> UInt32 {
    if exptime == 0 { return 0 }
    if exptime < 0 { return gone }
    let seconds = UInt32(exptime)
    if exptime > longestRelative { return seconds <= now ? gone : seconds }
    let (sum, overflow) = now.addingReportingOverflow(seconds)
    return overflow ? .max : sum
  }
}
