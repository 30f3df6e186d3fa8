/// The bytes of a command to a server, lowest byte first.
struct CommandBytes {
  private(set) var bytes: [CChar] = []

  mutating func add(_ value: UInt64, _ count: Int) {
    for i in 0..<count { bytes.append(CChar(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }

  mutating func add(_ more: [UInt8]) { bytes += more.map { CChar(bitPattern: $0) } }
}
