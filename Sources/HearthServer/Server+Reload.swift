import CHearth
import HearthCluster
import HearthConfig
import HearthHerd
import HearthNet
import HearthStorage

extension Server {
  /// Connections at once, now.
  public var connectionLimit: Int { state.pointee.counts.limit }

  /// Worker threads.
  public var threadCount: Int { state.pointee.workerCount }

  /// Applies what of a new configuration can change while the daemon runs. Returns one line for each change and
  /// one for each setting that keeps its value until a restart. Main thread only.
  public func apply(_ new: Configuration) -> [String] {
    MemoryDivision.exclusively {
      let old = ServerState.locked(state) { state.pointee.configuration }
      let (changes, needsRestart) = old.changes(to: new)
      var wanted = old
      ServerState.locked(state) {
        for change in changes { apply(change, &wanted) }
      }
      let refusal = wanted == old ? nil : divide(&wanted)
      let lines = changes.compactMap { line($0, refusal == nil ? wanted : nil) }
      return lines + (refusal.map { [$0] } ?? []) + needsRestart
    }
  }

  /// Applies a change, except those of the memory, which depend on each other: they are gathered in `wanted`.
  private func apply(_ change: ConfigurationChange, _ wanted: inout Configuration) {
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
    case .mutexMode(let mode):
      state.pointee.mutex.change { $0.mode = MutexMode(mode) }
      state.pointee.configuration.mutex?.mode = mode
    case .mutexTimeOut(let milliseconds):
      state.pointee.mutex.change { $0.timeOut = UInt64(milliseconds) }
      state.pointee.configuration.mutex?.timeOut = milliseconds
    case .mutexConnectionLimit(let limit):
      state.pointee.mutex.change { $0.maximumPeers = limit }
      state.pointee.configuration.mutex?.connectionLimit = limit
    case .mutexWaiterLimit(let limit):
      state.pointee.mutex.change { $0.maximumWaiters = limit }
      state.pointee.configuration.mutex?.waiterLimit = limit
    case .map(let cluster, let copies):
      state.pointee.configuration.cluster = cluster
      for (pool, copies) in copies.enumerated() { state.pointee.configuration.pools[pool].copies = copies }
      state.pointee.cluster?.control?.want(ClusterMap(cluster, state.pointee.configuration.pools))
    case .memory(let bytes): wanted.memory = bytes
    case .poolMemory(let i, _, let bytes): wanted.pools[i].memory = bytes
    case .poolItemSizeLimit(let i, _, let bytes):
      pools[i].itemSizeLimit = bytes
      state.pointee.configuration.pools[i].itemSizeLimit = bytes
    case .poolHerd(let i, _, let herd):
      pools[i].protect(herd)
      if herd.isOn { hearth_atomic_store64(&state.pointee.hasDetours, 1) }
      for j in 0..<state.pointee.workerCount {
        state.pointee.workers[j].pointee.loop.pointee.mailbox.post(Message(kind: Worker.wakeParkedMessage))
      }
      state.pointee.configuration.pools[i].herd = herd
    case .poolTTL(let i, _, let preset, let maximum):
      hearth_atomic_store32(&pools[i].ttlDefault, preset)
      hearth_atomic_store32(&pools[i].ttlMaximum, maximum)
      state.pointee.configuration.pools[i].ttlDefault = preset
      state.pointee.configuration.pools[i].ttlMaximum = maximum
    }
  }

  /// Divides the memory anew; afterwards `wanted` says what is in force. Returns why it cannot be done.
  private func divide(_ wanted: inout Configuration) -> String? {
    let division = MemoryDivision(wanted)
    if !division.isPossible {
      return "memory: the buffers (\(division.buffers >> 20) MiB) and the other pools leave the default pool "
        + "less than \(PoolOptions.minimumMemory >> 20) MiB; the old limits stay"
    }
    let reached = division.apply(state)
    reached.note(in: &wanted)
    ServerState.locked(state) { reached.note(in: &state.pointee.configuration) }
    return nil
  }

  /// What is in force after a change; nil for one of the memory that was refused.
  private func line(_ change: ConfigurationChange, _ divided: Configuration?) -> String? {
    switch change {
    case .memory: divided.map { ConfigurationChange.memory($0.memory).description }
    case .poolMemory(let i, let name, let bytes):
      divided.map {
        let reached = $0.pools[i].memory
        let line = ConfigurationChange.poolMemory(pool: i, name: name, bytes: reached).description
        return reached == bytes ? line : line + ", all that its address space allows"
      }
    default: change.description
    }
  }
}
