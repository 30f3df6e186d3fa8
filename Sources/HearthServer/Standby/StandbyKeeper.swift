import CHearth
import Glibc
import HearthNet

/// A node's part in its pair: it brings together what the control has decided and where the floating address is. The control
/// thread's own.
final class StandbyKeeper {
  /// Milliseconds that a node which is not active may have the address before it gives it up: a view may be on its way.
  static let patience: UInt64 = 1000

  private let server: UnsafeMutablePointer<ServerState>
  private let floating: FloatingAddress
  private let file: RoleFile
  private var watch: AddressWatch?
  private var role = StandbyRole.unfit
  /// Since when the address is here although the other node is active.
  private var misplacedSince: UInt64?

  init(_ server: UnsafeMutablePointer<ServerState>, _ floating: FloatingAddress, _ file: RoleFile) {
    self.server = server
    self.floating = floating
    self.file = file
  }

  /// Begins to follow the address on the control's loop, whose thread this is. An error is told, and the address then counts as
  /// being somewhere else.
  func begin(_ base: OpaquePointer, log: (String) -> Void) {
    do throws(ServerError) {
      watch = try AddressWatch(floating, base: base) { [unowned self] isHere in
        // A client that the address has left hears nothing any more: it is better off with a reset.
        if !isHere { closeConnections() }
        update(role, now: PeerLinks.now)
      }
    } catch { log("the floating address cannot be followed: \(error.description)") }
  }

  /// Lets go of the address; the loop is still there.
  func end() {
    watch = nil
    setServed(false)
  }

  /// The control's role for this node, at least ten times a second.
  func update(_ role: StandbyRole, now: UInt64) {
    self.role = role
    let isHere = watch?.isHere ?? false
    let isActive = role == .active || role == .promoted
    setServed(isHere && isActive)
    misplacedSince = isHere && !isActive ? misplacedSince ?? now : nil
    let isMisplaced = misplacedSince.map { now >= $0 + Self.patience } ?? false
    file.write(isMisplaced ? .unfit : role, now: now)
    file.retry(now: now)
  }

  private func setServed(_ serves: Bool) {
    if floating.isServed == serves { return }
    floating.isServed = serves
    if !serves { closeConnections() }
  }

  private func closeConnections() {
    for i in 0..<server.pointee.workerCount { server.pointee.workers[i].pointee.loop.pointee.closeFloating() }
  }
}
