/// Everything that defines a run of one scenario. Times are nanoseconds.
struct HerdPlan: Sendable {
  var endpoint: Endpoint
  var clients = 1000
  var threads = 2
  /// How long the database takes for one value.
  var compute: UInt64 = 200_000_000
  /// Time to live of the value, in seconds.
  var ttl: UInt64 = 2
  var expiries = 10
  /// A client's pause between a hit and its next get; each pause is between half and one and a half times this.
  var interval: UInt64 = 20_000_000

  /// Room for all expiries of a server that lets the value die before it is computed again, and half a life more.
  var duration: UInt64 {
    let life = ttl * 1_000_000_000
    return (life + compute + 2 * interval) * UInt64(expiries) + life / 2
  }
}
