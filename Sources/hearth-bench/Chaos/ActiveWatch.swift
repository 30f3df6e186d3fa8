import CHearth
import Glibc

/// Notes which node says that it is active in which epoch. Its own thread.
final class ActiveWatch: @unchecked Sendable {
  private let sockets: [(name: String, path: String)]
  private let flag = StopFlag()
  private var thread: BackgroundThread?
  private var seen: [UInt64: Set<String>] = [:]

  init(_ site: ChaosSite) throws(SystemError) {
    sockets = site.nodes.map { ($0.name, $0.adminSocket) }
    thread = try BackgroundThread { [unowned self] in
      while !flag.isSet {
        for (name, path) in sockets { look(name, path) }
        usleep(50_000)
      }
    }
  }

  private func look(_ name: String, _ path: String) {
    guard let picture = ClusterPicture(asking: path), picture.states[name] == "active",
      let epoch = picture.epochs[name], epoch != 0
    else { return }
    seen[epoch, default: []].insert(name)
  }

  /// Ends it. Returns how many epochs had more than one active node.
  func stop() -> Int {
    flag.set()
    thread?.join()
    thread = nil
    return seen.values.count { $0.count > 1 }
  }
}
