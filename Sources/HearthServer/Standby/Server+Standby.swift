import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthNet

/// The floating address of a pair that this node belongs to.
extension Server {
  /// Lets clients of the floating address in, or resets those that are there and all that come. Nothing happens when that
  /// is so already, or when there is no such address. Any thread, while the workers run.
  public func setServesFloatingAddress(_ serves: Bool) {
    if let floating = state.pointee.floating { ServerState.setServed(state, floating, serves) }
  }

  /// Follows the address on the main loop: as long as no view says who is active, whoever has it serves there.
  func followAddress(_ base: OpaquePointer) throws(ServerError) -> AddressWatch? {
    guard let floating = state.pointee.floating else { return nil }
    // The server lives as long as its loop, the watch no longer than that.
    let watch = try AddressWatch(floating, base: base) { [unowned self] isHere in
      setServesFloatingAddress(isHere)
    }
    setServesFloatingAddress(watch.isHere)
    return watch
  }

  /// The role file of a node that belongs to a pair, with `unfit` in it.
  static func roleFile(_ configuration: Configuration) -> RoleFile? {
    guard let standby = configuration.cluster?.ownStandby else { return nil }
    return RoleFile(
      standby.roleFile, user: configuration.user, now: Worker.milliseconds(hearth_monotonic_ns())
    ) {
      let line = Array("hearthd: \($0)\n".utf8)
      _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
  }
}

extension ServerState {
  /// Lets clients of the floating address in, or resets those that are there. Any thread, while the workers run.
  static func setServed(_ s: UnsafeMutablePointer<ServerState>, _ floating: FloatingAddress, _ serves: Bool) {
    if floating.isServed == serves { return }
    floating.isServed = serves
    if !serves { closeFloatingConnections(s) }
  }

  /// Resets the clients of the floating address. Any thread, while the workers run.
  static func closeFloatingConnections(_ s: UnsafeMutablePointer<ServerState>) {
    for i in 0..<s.pointee.workerCount { s.pointee.workers[i].pointee.loop.pointee.closeFloating() }
  }
}

extension ClusterConfiguration {
  /// What the map says of the pair.
  var standbyPairs: [StandbyPair] { standby.map { [StandbyPair($0.first, $0.second)] } ?? [] }
}
