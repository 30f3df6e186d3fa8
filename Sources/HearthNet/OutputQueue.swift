import CHearth
import Glibc

/// Output that the socket did not take. A chain of chunks; a chunk is followed in memory by its own bytes, or
/// refers to foreign ones. Owned by one connection.
@usableFromInline
struct OutputQueue {
  @usableFromInline
  struct Chunk {
    var next: UnsafeMutablePointer<Chunk>?
    var length: Int
    var sent: Int
    var foreign: ForeignBytes?

    static var headerSize: Int { (MemoryLayout<Chunk>.stride + 15) & ~15 }
  }

  @usableFromInline var head: UnsafeMutablePointer<Chunk>?
  var tail: UnsafeMutablePointer<Chunk>?
  /// Bytes of memory held, foreign bytes not counted (their store counts them).
  var ownedBytes = 0

  @inlinable var isEmpty: Bool { head == nil }

  /// False: there is no memory.
  mutating func append(_ bytes: UnsafeRawPointer, _ count: Int, _ budget: BufferBudget) -> Bool {
    guard let raw = malloc(Chunk.headerSize + count) else { return false }
    memcpy(raw + Chunk.headerSize, bytes, count)
    link(raw.bindMemory(to: Chunk.self, capacity: 1), Chunk(next: nil, length: count, sent: 0, foreign: nil))
    ownedBytes += count
    budget.charge(count)
    return true
  }

  /// False: there is no memory, and the bytes are not taken over.
  mutating func append(_ bytes: ForeignBytes, sent: Int) -> Bool {
    guard let raw = malloc(Chunk.headerSize) else { return false }
    link(
      raw.bindMemory(to: Chunk.self, capacity: 1),
      Chunk(next: nil, length: bytes.length, sent: sent, foreign: bytes))
    return true
  }

  private mutating func link(_ chunk: UnsafeMutablePointer<Chunk>, _ value: Chunk) {
    chunk.initialize(to: value)
    if let tail { tail.pointee.next = chunk } else { head = chunk }
    tail = chunk
  }

  private mutating func dropHead(_ budget: BufferBudget) {
    guard let chunk = head else { return }
    head = chunk.pointee.next
    if head == nil { tail = nil }
    if let foreign = chunk.pointee.foreign {
      foreign.release(foreign.context)
    } else {
      ownedBytes -= chunk.pointee.length
      budget.refund(chunk.pointee.length)
    }
    free(chunk)
  }

  mutating func removeAll(_ budget: BufferBudget) { while head != nil { dropHead(budget) } }

  /// Sends until the queue is empty or the socket full. Returns the bytes sent, or minus errno.
  mutating func flush(_ fd: Int32, _ budget: BufferBudget) -> Int {
    var total = 0
    while head != nil {
      let result = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 16) { pieces in
        let count = gather(pieces)
        return SystemCalls.transmit(fd, UnsafePointer(pieces.baseAddress!), count)
      }
      switch result {
      case .bytes(let n):
        total += n
        consume(n, budget)
      case .notReady: return total
      case .failed(let code): return -Int(code)
      }
    }
    return total
  }

  private func gather(_ pieces: UnsafeMutableBufferPointer<iovec>) -> Int {
    var count = 0
    var chunk = head
    while let c = chunk, count < pieces.count {
      if let foreign = c.pointee.foreign {
        var offset = c.pointee.sent
        while offset < c.pointee.length, count < pieces.count {
          var piece = foreign.piece(foreign.context, offset)
          piece.iov_len = min(piece.iov_len, c.pointee.length - offset)
          pieces.initializeElement(at: count, to: piece)
          count += 1
          offset += piece.iov_len
        }
      } else {
        let start = UnsafeMutableRawPointer(c) + Chunk.headerSize + c.pointee.sent
        pieces.initializeElement(
          at: count, to: iovec(iov_base: start, iov_len: c.pointee.length - c.pointee.sent))
        count += 1
      }
      chunk = c.pointee.next
    }
    return count
  }

  private mutating func consume(_ bytes: Int, _ budget: BufferBudget) {
    var rest = bytes
    while let c = head {
      let left = c.pointee.length - c.pointee.sent
      if rest < left {
        c.pointee.sent += rest
        return
      }
      rest -= left
      dropHead(budget)
    }
  }
}
