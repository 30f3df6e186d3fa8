extension Configuration {
  /// What a reload changes: `applied` in an order that never exceeds the memory limit on the way (pools shrink before
  /// others grow), and one line for each setting that keeps its old value until a restart.
  public func changes(to new: Configuration) -> (applied: [ConfigurationChange], needsRestart: [String]) {
    var applied: [ConfigurationChange] = []
    var needsRestart = Self.fixed.filter { !$0.isEqual(self, new) }.map { "\($0.name): needs a restart" }
    if verbosity != new.verbosity { applied.append(.verbosity(new.verbosity)) }
    if connectionLimit != new.connectionLimit { applied.append(.connectionLimit(new.connectionLimit)) }
    if idleTimeout != new.idleTimeout { applied.append(.idleTimeout(new.idleTimeout)) }
    if let mutex, let next = new.mutex { applied += mutex.changes(to: next) }

    if Set(pools.map(\.name)) == Set(new.pools.map(\.name)) {
      poolChanges(to: new, &applied, &needsRestart)
      mapChange(to: new, &applied, &needsRestart)
    } else {
      let names = Set(pools.map(\.name)), others = Set(new.pools.map(\.name))
      for name in others.subtracting(names).sorted() {
        needsRestart.append("pools: the new pool \(name) needs a restart, and so do the pools' other changes")
      }
      for name in names.subtracting(others).sorted() {
        needsRestart.append("pools: removing \(name) needs a restart, and so do the pools' other changes")
      }
      if memory != new.memory { needsRestart.append("memory: needs a restart, because the pools do") }
    }
    return (applied, needsRestart)
  }

  private func poolChanges(
    to new: Configuration, _ applied: inout [ConfigurationChange], _ needsRestart: inout [String]
  ) {
    var shrinking: [ConfigurationChange] = []
    var growing: [ConfigurationChange] = []
    // Beyond the address space that was reserved at start nothing can grow.
    let reachable = new.memory <= maximumMemory
    if !reachable {
      needsRestart.append(
        "memory: \(Quantity.bytes(new.memory)) is more than maximum_memory was at the start, "
          + "\(Quantity.bytes(maximumMemory)); needs a restart")
    } else if memory != new.memory {
      applied.append(.memory(new.memory))
    }
    for (index, old) in pools.enumerated() {
      guard let next = new.pools.first(where: { $0.name == old.name }) else { continue }
      let name = old.name
      if old.kind != next.kind { needsRestart.append("pool \(name): kind: needs a restart") }
      if old.prefix != next.prefix { needsRestart.append("pool \(name): prefix: needs a restart") }
      if old.port != next.port { needsRestart.append("pool \(name): port: needs a restart") }
      if reachable, old.memory != next.memory {
        let change = ConfigurationChange.poolMemory(pool: index, name: name, bytes: next.memory)
        if next.memory < old.memory { shrinking.append(change) } else { growing.append(change) }
      }
      if old.keepsGenerations != next.keepsGenerations {
        needsRestart.append("pool \(name): generations: needs a restart")
      }
      if old.replication != next.replication {
        needsRestart.append("pool \(name): replication: needs a restart")
      }
      if old.herd != next.herd { growing.append(.poolHerd(pool: index, name: name, next.herd)) }
      if old.itemSizeLimit != next.itemSizeLimit {
        growing.append(.poolItemSizeLimit(pool: index, name: name, bytes: next.itemSizeLimit))
      }
      if old.ttlDefault != next.ttlDefault || old.ttlMaximum != next.ttlMaximum {
        growing.append(.poolTTL(pool: index, name: name, default: next.ttlDefault, maximum: next.ttlMaximum))
      }
    }
    applied += shrinking + growing
  }

  /// The settings that are fixed at start, by their name in the file.
  private static let fixed: [(name: String, isEqual: @Sendable (Configuration, Configuration) -> Bool)] = [
    ("listeners", { $0.listeners == $1.listeners }),
    ("mutex.listen", { $0.mutex?.listeners == $1.mutex?.listeners }),
    ("reuse_port", { $0.reusePort == $1.reusePort }),
    ("backlog", { $0.backlog == $1.backlog }),
    ("threads", { $0.threads == $1.threads }),
    ("requests_per_event", { $0.requestsPerEvent == $1.requestsPerEvent }),
    ("protocol", { $0.bindingProtocol == $1.bindingProtocol }),
    // Where nobody asks for a maximum the one reserved at start is as good as any.
    ("maximum_memory", { $0.maximumMemory == $1.maximumMemory || $1.hasPresetMaximum }),
    ("generations.prefix", { $0.generationPrefix == $1.generationPrefix }),
    ("generations.delimiter", { $0.generationDelimiter == $1.generationDelimiter }),
    ("lock_memory", { $0.lockMemory == $1.lockMemory }),
    ("commands.cas", { $0.casDisabled == $1.casDisabled }),
    ("commands.flush_all", { $0.flushDisabled == $1.flushDisabled }),
    ("commands.dump", { $0.dumpDisabled == $1.dumpDisabled }),
    ("commands.shutdown", { $0.shutdownEnabled == $1.shutdownEnabled }),
    ("statistics.detail", { $0.detailStatistics == $1.detailStatistics }),
    ("statistics.delimiter", { $0.statisticsDelimiter == $1.statisticsDelimiter }),
    ("admin", { $0.admin == $1.admin }),
    ("feeds", { $0.feeds == $1.feeds }),
    ("cluster", { $0.cluster?.besidesMap == $1.cluster?.besidesMap }),
    ("process.user", { $0.user == $1.user }),
    ("process.pid_file", { $0.pidFile == $1.pidFile }),
    ("process.daemonize", { $0.daemonize == $1.daemonize }),
    ("process.core_files", { $0.coreFiles == $1.coreFiles }),
  ]
}

extension MutexConfiguration {
  fileprivate func changes(to new: MutexConfiguration) -> [ConfigurationChange] {
    var applied: [ConfigurationChange] = []
    if mode != new.mode { applied.append(.mutexMode(new.mode)) }
    if timeOut != new.timeOut { applied.append(.mutexTimeOut(milliseconds: new.timeOut)) }
    if connectionLimit != new.connectionLimit { applied.append(.mutexConnectionLimit(new.connectionLimit)) }
    if waiterLimit != new.waiterLimit { applied.append(.mutexWaiterLimit(new.waiterLimit)) }
    return applied
  }
}
