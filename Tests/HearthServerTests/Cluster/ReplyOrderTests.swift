import Glibc
import HearthNet
import Testing

@testable import HearthServer

/// Replies leave in the order of their requests, whoever gives them and whatever they wait for.
@Suite struct ReplyOrderTests {
  private let budget = BufferBudget(limit: 1 << 20)

  /// An order whose connection is never touched.
  private func withOrder(_ body: (OrderPointer) -> Void) {
    let order = OrderPointer.allocate(capacity: 1)
    order.initialize(to: ReplyOrder(ConnectionPointer(bitPattern: 4096)!))
    body(order)
    #expect(order.pointee.isEmpty && order.pointee.slots == 0 && order.pointee.bytes == 0)
    #expect(budget.inUse == 0)
    order.deinitialize(count: 1)
    order.deallocate()
  }

  private func put(_ text: String, _ order: OrderPointer) {
    let bytes = Array(text.utf8)
    let fits = bytes.withUnsafeBytes { order.pointee.append($0.baseAddress!, $0.count, budget) }
    #expect(fits)
  }

  private func fill(_ slot: SlotPointer, _ text: String, _ state: ReplySlot.State = .complete) {
    let bytes = Array(text.utf8)
    let fits = bytes.withUnsafeBytes { slot.pointee.append($0.baseAddress!, $0.count, budget) }
    #expect(fits)
    slot.pointee.order!.pointee.note(received: bytes.count)
    slot.pointee.state = state
  }

  private func drain(_ order: OrderPointer) -> String {
    var text = ""
    order.pointee.drain(budget) { piece in
      switch piece {
      case .bytes(let start, let count):
        text += String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
      case .foreign: text += "<foreign>"
      case .broken: text += "<broken>"
      }
    }
    return text
  }

  @Test func `what is behind a reply that is awaited waits`() {
    withOrder { order in
      put("1", order)
      let second = order.pointee.await(order)
      put("3", order)
      let fourth = order.pointee.await(order)
      fill(fourth, "4")
      #expect(drain(order) == "1")
      #expect(drain(order) == "")
      fill(second, "2")
      #expect(drain(order) == "234")
    }
  }

  @Test func `a reply that is held is all there and does not leave`() {
    withOrder { order in
      let held = order.pointee.hold(order)
      fill(held, "held", .held)
      put("next", order)
      #expect(drain(order) == "")
      held.pointee.state = .complete
      #expect(drain(order) == "heldnext")
    }
  }

  @Test func `however long it is, what is held does not leave in parts`() {
    withOrder { order in
      let long = String(repeating: "x", count: ReplyOrder.streamedBytes + 1)
      let (held, awaited) = (order.pointee.hold(order), order.pointee.await(order))
      fill(held, long, .held)
      fill(awaited, long, .awaited)
      #expect(drain(order) == "")
      held.pointee.state = .complete
      #expect(drain(order) == long + long)
      #expect(awaited.pointee.isBegun)
      fill(awaited, "!")
      #expect(drain(order) == "!")
    }
  }

  @Test func `a reply may be put behind another, in its line`() {
    withOrder { order in
      order.pointee.openLineIfNone()
      let first = order.pointee.await(order)
      order.pointee.openLine = 0
      put("later", order)
      let second = order.pointee.await(order, behind: first)
      let third = order.pointee.await(order, behind: second)
      #expect(second.pointee.line == first.pointee.line && order.pointee.slots == 4)
      fill(third, "3")
      fill(first, "1")
      #expect(drain(order) == "1")
      fill(second, "2")
      #expect(drain(order) == "23later")
      // Behind the last one: what comes next is linked to it.
      let last = order.pointee.await(order)
      let behind = order.pointee.await(order, behind: last)
      put("end", order)
      fill(last, "a")
      fill(behind, "b")
      #expect(drain(order) == "abend")
    }
  }

  @Test func `an error ends its line, those behind it are dropped`() {
    withOrder { order in
      order.pointee.openLineIfNone()
      let first = order.pointee.await(order)
      let second = order.pointee.await(order, behind: first)
      put("END", order)
      order.pointee.openLine = 0
      put("next", order)
      fill(first, "ERROR ", .failed)
      fill(second, "dropped")
      #expect(drain(order) == "ERROR next")
    }
  }

  @Test func `a client that is gone gets nothing, and what it waits for is dropped when it comes`() {
    withOrder { order in
      put("1", order)
      let (awaited, held) = (order.pointee.await(order), order.pointee.hold(order))
      order.pointee.abandon(budget)
      #expect(awaited.pointee.order == nil && held.pointee.order == nil)
      ReplySlot.free(awaited, budget)
      ReplySlot.free(held, budget)
      // What is counted does not matter any more.
      order.initialize(to: ReplyOrder(ConnectionPointer(bitPattern: 4096)!))
    }
  }

  @Test func `a request that is kept is charged for until it is freed`() {
    let request = UnsafeMutablePointer<SlotRequest>.allocate(capacity: 1)
    request.initialize(to: SlotRequest(pool: 3, isFragment: true, changes: false, giveUpAt: 9))
    let text = Array("get some keys ".utf8)
    for _ in 0..<100 {
      let fits = text.withUnsafeBytes { request.pointee.append($0.baseAddress!, $0.count, budget) }
      #expect(fits)
    }
    #expect(request.pointee.count == text.count * 100 && budget.inUse >= UInt64(request.pointee.count))
    let bytes = UnsafeRawBufferPointer(start: request.pointee.bytes, count: request.pointee.count)
    #expect(Array(bytes) == (0..<100).flatMap { _ in text })
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: 0, .awaited))
    slot.pointee.request = request
    ReplySlot.free(slot, budget)
    #expect(budget.inUse == 0)
  }
}
