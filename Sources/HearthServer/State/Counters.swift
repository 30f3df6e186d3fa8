/// What one worker has done. Written by its thread with plain additions, summed by whoever asks for statistics
/// with relaxed loads; every field is a UInt64 so that the sum can run over the words.
struct Counters {
  var commandGet: UInt64 = 0
  var commandSet: UInt64 = 0
  var commandFlush: UInt64 = 0
  var commandTouch: UInt64 = 0
  var commandMeta: UInt64 = 0
  var getHits: UInt64 = 0
  var getMisses: UInt64 = 0
  /// Misses of keys that were there and had expired.
  var getExpired: UInt64 = 0
  /// Misses of keys that had been flushed.
  var getFlushed: UInt64 = 0
  var deleteHits: UInt64 = 0
  var deleteMisses: UInt64 = 0
  var incrHits: UInt64 = 0
  var incrMisses: UInt64 = 0
  var decrHits: UInt64 = 0
  var decrMisses: UInt64 = 0
  var casHits: UInt64 = 0
  var casMisses: UInt64 = 0
  var casBadValue: UInt64 = 0
  var touchHits: UInt64 = 0
  var touchMisses: UInt64 = 0
  var storeTooLarge: UInt64 = 0
  /// Groups bumped by clients.
  var bumps: UInt64 = 0
  var storeNoMemory: UInt64 = 0
  /// Rounds executed.
  var rounds: UInt64 = 0
  /// Requests executed.
  var requests: UInt64 = 0
  /// Times that a connection had to wait for its peer to read before its next requests were parsed.
  var outputWaits: UInt64 = 0
  /// Requests that other nodes passed on to this one.
  var peerRequests: UInt64 = 0
  /// UDP datagrams dropped without an answer.
  var datagramsDropped: UInt64 = 0

  static var words: Int { MemoryLayout<Counters>.size / 8 }
}
