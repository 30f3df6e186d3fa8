import CHearth
import Glibc
import HearthNet

/// Requests and replies go out: what was passed on to its nodes, what came back to the clients.
extension Worker {
  /// At the end of a round: what was passed on goes out, each node's in one piece, and what can be told is told.
  static func finishForwarding(_ w: WorkerPointer) {
    guard let links = w.pointee.links else { return }
    for node in 0..<w.pointee.nodeCount {
      if let link = links[node], link.pointee.used > 0 { PeerLinks.send(w, link) }
    }
    deliver(w)
  }

  /// Sends the replies whose turn has come.
  static func deliver(_ w: WorkerPointer) {
    while let order = w.pointee.listedOrders.popLast() {
      order.pointee.isListed = false
      if let link = order.pointee.awaitedLink {
        // Looked at again in every round, until the link has room.
        if link.pointee.isFull {
          w.pointee.waitingOrders.append(order)
        } else {
          order.pointee.awaitedLink = nil
        }
      }
      deliver(w, order)
    }
    while let order = w.pointee.waitingOrders.popLast() { list(w, order) }
  }

  private static func deliver(_ w: WorkerPointer, _ order: OrderPointer) {
    let c = order.pointee.connection
    let budget = w.pointee.server.pointee.budget
    order.pointee.drain(budget) { piece in
      switch piece {
      case .bytes(let start, let count):
        // What is alone need not be collected.
        if count > copyLimit || w.pointee.out == w.pointee.reply && order.pointee.slots == 1 {
          sendCollected(w, c, more: true)
          Connection.send(c, start, count)
        } else {
          if w.pointee.out - w.pointee.reply > replySoftLimit { sendCollected(w, c, more: true) }
          memcpy(w.pointee.out, start, count)
          w.pointee.out += count
        }
      case .foreign(let bytes):
        sendCollected(w, c, more: true)
        Connection.send(c, bytes)
      case .broken:
        w.pointee.out = w.pointee.reply
        Connection.doom(c)
      }
    }
    sendCollected(w, c, more: false)
    let s = session(of: c)
    if order.pointee.isEmpty, order.pointee.openLine == 0, order.pointee.awaitedLink == nil {
      s.pointee.order = nil
      w.pointee.unproven -= order.pointee.takeUnproven()
      if order.pointee.hasLearnt {
        s.pointee.window = order.pointee.window
        w.pointee.window = order.pointee.window
      }
      s.pointee.hasForwardedWrite = false
      s.pointee.hasOpenBump = false
      let (closes, holds) = (order.pointee.closesAtEnd, order.pointee.isHolding)
      order.deallocate()
      Connection.awaitReplies(c, false)
      if closes || c.pointee.inputHasEnded && !holds {
        Connection.closeWhenDrained(c)
      } else if holds {
        goOn(c)
      }
    } else if order.pointee.isHolding, order.pointee.mayGoOn, !budget.isExhausted {
      order.pointee.isHolding = false
      goOn(c)
    }
    Connection.settle(c)
  }

  private static func sendCollected(_ w: WorkerPointer, _ c: ConnectionPointer, more: Bool) {
    let count = w.pointee.out - w.pointee.reply
    if count == 0 { return }
    w.pointee.out = w.pointee.reply
    Connection.send(c, w.pointee.reply, count, more: more)
  }

  /// The connection closes: what is still to come is nobody's.
  static func endOrder(_ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>) {
    guard let order = s.pointee.order else { return }
    abandonWaiting(w, order)
    s.pointee.order = nil
    w.pointee.unproven -= order.pointee.takeUnproven()
    order.pointee.abandon(w.pointee.server.pointee.budget)
    for node in 0..<w.pointee.nodeCount {
      if let link = w.pointee.links?[node], link.pointee.fragmentOrder == order { link.pointee.end() }
    }
    if order.pointee.isListed { w.pointee.listedOrders.removeAll { $0 == order } }
    w.pointee.waitingOrders.removeAll { $0 == order }
    order.deallocate()
  }
}
