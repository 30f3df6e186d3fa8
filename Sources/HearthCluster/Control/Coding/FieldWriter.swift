/// Appends fields, all numbers little-endian. What is written and in which order is what `FieldReader` reads.
struct FieldWriter: ~Copyable {
  /// What was written.
  private(set) var bytes: [UInt8]

  /// Goes on behind these bytes.
  init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

  /// What was written; the writer is used up.
  consuming func finish() -> [UInt8] { bytes }

  mutating func write(_ value: UInt8) { bytes.append(value) }

  mutating func write(_ value: UInt32) { append(value) }

  mutating func write(_ value: UInt64) { append(value) }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// At most 2^32 - 1 elements follow.
  mutating func write(count: Int) { append(UInt32(count)) }

  /// The number of a node, 0 to 63.
  mutating func write(node: Int) { bytes.append(UInt8(node)) }

  mutating func write(_ nodes: NodeSet) { append(nodes.bits) }

  mutating func write(_ text: String) {
    write(count: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func append<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
