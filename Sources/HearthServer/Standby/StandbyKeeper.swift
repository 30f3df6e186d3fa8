import CHearth
import Glibc
import HearthNet

/// A node's part in its pair: it brings together what the control has decided and where the floating address is. The control
/// thread's own.
final class StandbyKeeper {
  /// Milliseconds that a node which is not active may have the address before it gives it up: a view may be on its way.
  static let patience: UInt64 = 1000
  /// Milliseconds that a standby which became active waits for the address before it says so. Usually the other node gives it away or
  /// is not heard any more, and the address is on its way: in keepalived a change of the priority begins that waiting anew.
  static let restraint: UInt64 = 150

  private let server: UnsafeMutablePointer<ServerState>
  private let floating: FloatingAddress
  private let file: RoleFile
  private var watch: AddressWatch?
  private var role = StandbyRole.unfit
  /// Until when a new active node says that it is a standby.
  private var restrainedUntil: UInt64 = 0
  /// Since when the address is here although the other node is active.
  private var misplacedSince: UInt64?
  private var claim = AddressClaim()
  private var claims: () -> Void = {}

  init(_ server: UnsafeMutablePointer<ServerState>, _ floating: FloatingAddress, _ file: RoleFile) {
    self.server = server
    self.floating = floating
    self.file = file
  }

  /// Begins to follow the address on the control's loop, whose thread this is. An error is told, and the address then counts as
  /// being somewhere else.
  ///
  /// - Parameter claims: Called when this node should become active because it has the address.
  func begin(_ base: OpaquePointer, log: (String) -> Void, claims: @escaping () -> Void) {
    self.claims = claims
    do throws(ServerError) {
      watch = try AddressWatch(floating, base: base) { [unowned self] isHere in
        // A client that the address has left hears nothing any more: it is better off with a reset.
        if !isHere { ServerState.closeFloatingConnections(server) }
        update(role, now: PeerLinks.now)
      }
    } catch { log("the floating address cannot be followed: \(error.description)") }
  }

  /// Lets go of the address; the loop is still there.
  func end() {
    watch = nil
    ServerState.setServed(server, floating, false)
  }

  /// The control's role for this node, at least ten times a second.
  func update(_ role: StandbyRole, now: UInt64) {
    // Who steps down gives the address up at once: keepalived gives it away for -254, while it would keep it some time for 0.
    let stepsDown = isServedRole(self.role) && !isServedRole(role)
    if self.role == .standby && isServedRole(role) { restrainedUntil = now + Self.restraint }
    self.role = role
    let isHere = watch?.isHere ?? false
    let isActive = isServedRole(role)
    ServerState.setServed(server, floating, isHere && isActive)
    misplacedSince = isHere && !isActive ? misplacedSince ?? now : nil
    if stepsDown && isHere { misplacedSince = 0 }
    let isMisplaced = misplacedSince.map { now >= $0 + Self.patience } ?? false
    let isRestrained = isActive && !isHere && now < restrainedUntil
    file.write(isMisplaced ? .unfit : isRestrained ? .standby : role, now: now)
    file.retry(now: now)
    if claim.isDue(isHere: isHere, role: role, isUnfit: isMisplaced, now: now) { claims() }
  }

  private func isServedRole(_ role: StandbyRole) -> Bool { role == .active || role == .promoted }
}
