import Testing

@testable import HearthHerd

@Suite("Small parts")
struct PartsTests {
  @Test("a connection knows that it holds a lease until the set, or the latest end")
  func readerLeases() {
    var leases = ReaderLeases()
    #expect(!leases.holds(now: 0))
    leases.gave(until: 100, now: 0)
    leases.gave(until: 50, now: 0)
    #expect(leases.holds(now: 99))
    leases.ended()
    #expect(leases.holds(now: 60))
    #expect(!leases.holds(now: 100))
    leases.gave(until: 200, now: 150)
    leases.ended()
    #expect(!leases.holds(now: 160))
    leases.ended()
    #expect(!leases.holds(now: 160))
  }

  @Test("actions come in order, and the buffer shrinks after a crowd")
  func actionBuffer() {
    var buffer = ActionBuffer<Int>()
    for number in 0..<5000 { buffer.append(number) }
    for number in 0..<5000 where buffer[number] != number { Issue.record("another action at \(number)") }
    buffer.removeAll()
    let isEmpty = buffer.isEmpty
    #expect(isEmpty)
    for number in 0..<2000 { buffer.append(-number) }
    for number in 0..<2000 where buffer[number] != -number { Issue.record("another action at \(number)") }
  }

  @Test("a slab hands out every place once, and no more than it may")
  func slab() {
    var slab = Slab<MutexClaimRecord>(capacity: 200)
    let record = MutexClaimRecord(hold: 1, peer: 2, serial: 3)
    var number = slab.take(record, allowance: 100)
    #expect(number == 0)
    var taken: Set<UInt32> = []
    for _ in 0..<200 { taken.insert(slab.take(record, allowance: .max)) }
    #expect(taken == Set(1...200))
    number = slab.take(record, allowance: .max)
    #expect(number == 0)
    #expect([0, 1, 200, 201].map { slab.contains($0) } == [false, true, true, false])
    let bytes = slab.bytes
    for number in taken { slab.give(number) }
    let (used, rest) = (slab.used, slab.bytes)
    #expect(used == 0)
    #expect(rest < bytes)
    #expect([64, 65].map { slab.contains($0) } == [true, false])
    number = slab.take(record, allowance: 0)
    #expect(number != 0)
  }

  @Test("counters add up over pools and tables")
  func counters() {
    var sum = HerdCounters()
    var one = HerdCounters()
    withUnsafeMutableBytes(of: &one) { bytes in
      for index in 0..<bytes.count / 8 {
        bytes.storeBytes(of: UInt64(index + 1), toByteOffset: index * 8, as: UInt64.self)
      }
    }
    sum += one
    sum += one
    withUnsafeBytes(of: sum) { bytes in
      for index in 0..<bytes.count / 8 {
        #expect(bytes.load(fromByteOffset: index * 8, as: UInt64.self) == UInt64(2 * index + 2))
      }
    }
  }
}
