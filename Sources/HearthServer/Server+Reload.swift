import CHearth
import HearthConfig
import HearthNet
import HearthStorage

extension Server {
  /// Applies what of a new configuration can change while the daemon runs. Returns one line for each change and
  /// one for each setting that keeps its value until a restart.
  public func apply(_ new: Configuration) -> [String] {
    ServerState.locked(state) {
      let (changes, needsRestart) = state.pointee.configuration.changes(to: new)
      for change in changes { apply(change) }
      return changes.map(\.description) + needsRestart
    }
  }

  private func apply(_ change: ConfigurationChange) {
    let pools = state.pointee.pools.pools
    switch change {
    case .verbosity(let level):
      hearth_atomic_store64(&state.pointee.verbosity, UInt64(level))
      state.pointee.configuration.verbosity = level
    case .connectionLimit(let limit):
      state.pointee.counts.limit = limit
      state.pointee.configuration.connectionLimit = limit
    case .idleTimeout(let seconds):
      for i in 0..<state.pointee.workerCount {
        hearth_atomic_store32(&state.pointee.workers[i].pointee.loop.pointee.idleTimeout, UInt32(seconds))
      }
      state.pointee.configuration.idleTimeout = seconds
    case .memory(let bytes): state.pointee.configuration.memory = bytes
    case .poolMemory(let i, _, let bytes):
      let buffers = i == 0 ? Int(state.pointee.budget.limit) : 0
      _ = pools[i].pool.setMemoryLimit(bytes - buffers)
      state.pointee.configuration.pools[i].memory = bytes
    case .poolItemSizeLimit(let i, _, let bytes):
      pools[i].itemSizeLimit = bytes
      state.pointee.configuration.pools[i].itemSizeLimit = bytes
    case .poolTTL(let i, _, let preset, let maximum):
      hearth_atomic_store32(&pools[i].ttlDefault, preset)
      hearth_atomic_store32(&pools[i].ttlMaximum, maximum)
      state.pointee.configuration.pools[i].ttlDefault = preset
      state.pointee.configuration.pools[i].ttlMaximum = maximum
    }
  }
}
