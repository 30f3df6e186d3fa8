import Glibc
import HearthAdmin
import HearthConfig
import HearthServer

/// The server as the admin interface sees it. It calls nothing but what the server offers to any thread.
final class ServerAdmin: AdminTarget, @unchecked Sendable {
  private let server: Server

  init(_ server: Server) { self.server = server }

  func bump(group: [UInt8]) -> BumpResult {
    switch server.bump(group: group) {
    case .bumped(let generation): .bumped(generation: generation)
    case .refused(let reason): .refused(reason)
    }
  }

  func locks(limit: Int) -> [LockListing] {
    server.locks(limit: limit).map {
      LockListing(
        key: $0.key, owner: $0.owner, heldForMilliseconds: $0.heldForMilliseconds, waiters: $0.waiters)
    }
  }

  func feeds() -> [FeedListing] { server.feeds.statuses.map(FeedListing.init) }

  func verify(table: String) -> UInt64? { server.feeds.verify(table) }

  func preview(table: String, rows: Int) -> UInt64? { server.feeds.preview(table, rows: rows) }

  func preview(number: UInt64) -> PreviewListing? { server.feeds.preview(number).map(PreviewListing.init) }

  // Pools have one copy: there is nothing to list yet, and nothing to decide.
  func cluster() -> ClusterListing? { server.clusterStatus().map(ClusterListing.init) }

  func command(_ command: ClusterCommand) -> String? {
    switch command {
    case .bootstrap: server.clusterCommand("bootstrap", node: nil, force: false)
    case .promote(let node): server.clusterCommand("promote", node: node, force: false)
    case .demote(let node): server.clusterCommand("demote", node: node, force: false)
    case .drop(let node, let force): server.clusterCommand("drop", node: node, force: force)
    case .drain: server.clusterCommand("drain", node: nil, force: false)
    case .rebalance: server.clusterCommand("rebalance", node: nil, force: false)
    case .cancelRebalance: server.clusterCommand("cancel", node: nil, force: false)
    }
  }

  func status() -> AdminStatus {
    AdminStatus(
      version: hearthVersion, uptime: server.uptime, pid: getpid(),
      pools: server.poolSummaries().map {
        AdminStatus.Pool(
          name: $0.name, kind: $0.kind.rawValue, items: $0.items, bytes: $0.bytes, limit: $0.limit)
      })
  }
}

extension AdminServer {
  /// The interface that a configuration asks for, bound; nil when it is off. The error names the setting.
  static func make(_ configuration: Configuration, _ server: Server) throws(ProcessError) -> AdminServer? {
    guard let place = configuration.admin else { return nil }
    do throws(AdminError) {
      let socket: AdminSocket
      switch place {
      case .tcp(let address, let port): socket = try AdminSocket(tcp: address, port: port)
      case .unix(let path, let mode): socket = try AdminSocket(unix: path, mode: mode)
      }
      return AdminServer(socket, target: ServerAdmin(server))
    } catch {
      throw ProcessError("admin.listen (--admin): \(error.description)")
    }
  }

  /// As `Server.portLines`: `ADMIN INET: 11280`.
  var portLines: [String] { ports.map { "ADMIN \($0.isIPv6 ? "INET6" : "INET"): \($0.port)" } }
}
