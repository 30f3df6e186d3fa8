/// Where the sweep of a pool's generations stands. It goes through all items in place, a few at a time: void ones
/// leave, valid ones get the clock at its beginning for a stamp. After a pass no item is older than that, so the
/// groups that were bumped before need no entry any more; and no stamp lives long enough for its 32 bits to come round.
struct GenerationSweep {
  /// A pass is under way.
  var isRunning = false
  var shard = 0
  var segment = 1
  var offset = 0
  /// Clock at the beginning of the pass, and of the one before.
  var clock: UInt64 = 0
  /// Second at which the pass began, and the next may begin.
  var began: UInt32 = 0
  var notBefore: UInt32 = 0
  /// The last pass left groups whose bumps are too young to be forgotten.
  var keptGroups = false
  /// Passes completed.
  var passes: UInt64 = 0
}
