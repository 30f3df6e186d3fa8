import CHearth
import Glibc
import HearthCluster
import HearthNet

/// The connections that streams go over: of two nodes the one whose name comes first connects.
enum StreamLinks {
  /// Ten times a second, on the worker that connects to the node: connects if it is time, and gives up what does not greet.
  static func tick(_ w: WorkerPointer) {
    guard let replication = w.pointee.replication, let cluster = w.pointee.server.pointee.cluster,
      cluster.control?.hasStarted == true
    else { return }
    let own = cluster.configuration.ownNode.name
    let wanted = cluster.directory.wanted
    for case let stream? in replication.knownStreams {
      if stream.node % w.pointee.server.pointee.workerCount != w.pointee.index { continue }
      guard wanted.contains(stream.node), own < cluster.name(stream.node) else { continue }
      connectIfDue(w, stream, cluster)
    }
    for stream in w.pointee.keptStreams { Worker.pump(w, stream) }
  }

  private static func connectIfDue(_ w: WorkerPointer, _ stream: PeerStream, _ cluster: ClusterState) {
    let now = PeerLinks.now
    if let c = stream.connecting.connection {
      if now - stream.connecting.began > PeerLink.greetingTime {
        Connection.doom(c)
        Connection.settle(c)
      }
      return
    }
    if now < stream.connecting.retryAt || stream.locked({ $0.keeper != nil }) { return }
    stream.connecting.retryAt = now + stream.connecting.pause
    stream.connecting.pause = min(stream.connecting.pause * 2, StreamConnecting.longestPause)
    guard
      let address = cluster.directory[stream.node].address,
      let c = Connection.connect(address, tag: ClusterState.linkTag, w.pointee.loop)
    else { return }
    Connection.avoidPacing(c)
    // Whatever ends the connection finds it here.
    stream.connecting.connection = c
    stream.connecting.began = now
    let peer = UnsafeMutablePointer<PeerSession>.allocate(capacity: 1)
    peer.initialize(to: PeerSession(.connectsStream, link: nil, cluster.handshake, began: now))
    peer.pointee.stream = stream
    session(of: c).pointee.peer = peer
    Connection.setMayBeSilent(c, true)
    c.pointee.readsWhileWriting = true
    PeerLinks.send(c, .hello, peer.pointee.handshake.hello)
    Connection.settle(c)
  }

  /// The greeting of a connection that this node has made.
  static func greet(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame,
    _ payload: UnsafeRawBufferPointer
  ) {
    guard let cluster = w.pointee.server.pointee.cluster, let stream = peer.pointee.stream else { return }
    switch frame.kind {
    case .challenge:
      do throws(PeerHandshake.Refusal) {
        PeerLinks.send(c, .proof, try peer.pointee.handshake.answer(payload, from: cluster.name(stream.node)))
      } catch {
        cluster.note(stream.node, error.description)
        Connection.doom(c)
      }
    case .welcome:
      stream.connecting.connection = nil
      stream.connecting.pause = StreamConnecting.firstPause
      PeerLinks.send(c, .stream, [])
      rise(w, c, peer, stream)
    case .goodbye:
      cluster.note(stream.node, String(decoding: payload.prefix(200), as: UTF8.self))
      Connection.doom(c)
    default: Connection.doom(c)
    }
  }

  /// A node that has greeted says that the connection is a stream.
  static func accept(_ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>) {
    guard let replication = w.pointee.replication, let cluster = w.pointee.server.pointee.cluster,
      let name = peer.pointee.greeting?.name,
      let node = cluster.directory.number(of: name),
      let stream = replication.streams[node], cluster.control?.hasStarted == true,
      !stream.locked({ $0.keeper != nil })
    else { return Connection.doom(c) }
    c.pointee.readsWhileWriting = true
    rise(w, c, peer, stream)
  }

  private static func rise(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>,
    _ stream: PeerStream
  ) {
    peer.pointee.stage = .stream
    peer.pointee.stream = stream
    stream.connection = c
    stream.waitsForControl = false
    stream.cursor = nil
    stream.walk = nil
    stream.output.removeAll()
    stream.input.removeAll()
    c.pointee.receivesDirectly = true
    let number = stream.locked { shared in
      shared.keeper = w.pointee.index
      shared.isWoken = false
      shared.commands = []
      shared.connectionNumber += 1
      shared.sending = 0
      shared.accepting = 0
      return shared.connectionNumber
    }
    w.pointee.keptStreams.append(stream)
    w.pointee.server.pointee.cluster?.control?.opened(stream.node, connection: number)
  }

  /// A stream's connection closes.
  static func lose(_ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>) {
    guard let stream = peer.pointee.stream else { return }
    peer.pointee.stream = nil
    if stream.connecting.connection == c { stream.connecting.connection = nil }
    guard stream.connection == c else { return }
    stream.connection = nil
    stream.cursor = nil
    stream.walk = nil
    stream.connecting.retryAt = PeerLinks.now + StreamConnecting.firstPause
    Worker.endArriving(stream)
    stream.input.removeAll()
    w.pointee.keptStreams.removeAll { $0 === stream }
    stream.locked { shared in
      shared.keeper = nil
      shared.commands = []
      shared.owed = nil
      shared.walkBegan = 0
    }
    w.pointee.replication?.setPressed(false, by: stream.node)
    w.pointee.replication?.setOwedSince(0, by: stream.node)
    let byPeer = c.pointee.wasEndedByPeer
    w.pointee.server.pointee.cluster?.control?.closed(stream.node, byPeer: byPeer)
  }
}
