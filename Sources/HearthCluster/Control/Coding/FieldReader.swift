/// Reads what `FieldWriter` wrote, and trusts nothing: every read is checked against the end, and every number against its range.
struct FieldReader {
  /// These are not the bytes of what was to be read.
  struct Malformed: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  /// Reads from the start of `bytes`, which has to outlive it.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Nothing may be left.
  func finish() throws(Malformed) { if place != bytes.count { throw Malformed() } }

  mutating func byte() throws(Malformed) -> UInt8 { try number() }

  /// What is only compared.
  mutating func word() throws(Malformed) -> UInt64 { try number() }

  /// What is calculated with (milliseconds, sequences, numbers of views): below 2^62, so that the sum of two is a number, too.
  mutating func quantity() throws(Malformed) -> UInt64 {
    let value = try word()
    guard value < 1 << 62 else { throw Malformed() }
    return value
  }

  /// A time of a wall clock: so far from the ends that differences are numbers.
  mutating func wallTime() throws(Malformed) -> Int64 {
    let value = Int64(bitPattern: try word())
    guard value.magnitude < 1 << 62 else { throw Malformed() }
    return value
  }

  mutating func flag() throws(Malformed) -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw Malformed()
    }
  }

  /// How many elements follow, each of which takes at least `size` bytes: so no length that was made up costs more memory than the
  /// bytes themselves.
  mutating func count(elementSize size: Int) throws(Malformed) -> Int {
    let count = Int(try number() as UInt32)
    guard count <= (bytes.count - place) / size else { throw Malformed() }
    return count
  }

  /// A node of a map of so many.
  mutating func node(of nodes: Int) throws(Malformed) -> Int {
    let node = Int(try byte())
    guard node < nodes else { throw Malformed() }
    return node
  }

  /// Nodes of a map of so many, at most 64.
  mutating func nodes(of nodes: Int) throws(Malformed) -> NodeSet {
    let set = NodeSet(bits: try word())
    guard set.bits.leadingZeroBitCount >= 64 - nodes else { throw Malformed() }
    return set
  }

  mutating func port() throws(Malformed) -> UInt16 {
    guard let port = UInt16(exactly: try number() as UInt32) else { throw Malformed() }
    return port
  }

  /// A node's share of keys, 1...1000.
  mutating func weight() throws(Malformed) -> UInt32 {
    let weight: UInt32 = try number()
    guard 1...1000 ~= weight else { throw Malformed() }
    return weight
  }

  mutating func text() throws(Malformed) -> String {
    let length = try count(elementSize: 1)
    let slice = bytes[place..<place + length]
    place += length
    guard let text = String(validating: slice, as: UTF8.self) else { throw Malformed() }
    return text
  }

  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>() throws(Malformed) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - place >= size else { throw Malformed() }
    defer { place += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }
}
