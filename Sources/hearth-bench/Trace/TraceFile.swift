/// Reads the trace formats; the name of the file says which it is.
enum TraceFile {
  /// Median and sigma of the values' lengths for traces that have none.
  static let sizesWithoutRecord = SizeDistribution.logNormal(median: 230, sigma: 1)

  static func read(_ path: String) throws(SystemError) -> Trace {
    var stem = path
    for suffix in [".xz", ".zst"] where stem.hasSuffix(suffix) { stem.removeLast(suffix.count) }
    let name = stem.split(separator: "/").last.map(String.init) ?? stem
    var trace = Trace(name: name)
    var stream = try ByteStream.open(path)
    if stem.hasSuffix(".oracleGeneral.bin") || stem.hasSuffix(".oracleGeneral") {
      try readOracleGeneral(&stream, &trace)
    } else if stem.hasSuffix(".lis") {
      try readARC(&stream, &trace, path)
    } else {
      throw SystemError("\(path): not a known format (.oracleGeneral.bin or .lis, plain or .xz or .zst)")
    }
    if !stream.endedWell() { throw SystemError("\(path): cannot be decompressed; is it complete?") }
    if trace.requests.isEmpty { throw SystemError("\(path): holds no requests; is it complete?") }
    return trace
  }

  /// libCacheSim's format: 24 bytes little-endian: time u32, object u64, size u32, next access i64.
  private static func readOracleGeneral(
    _ stream: inout ByteStream, _ trace: inout Trace
  ) throws(SystemError) {
    while try stream.record(
      24,
      { record in
        let identity = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        let size = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        trace.append(identity: identity, size: min(size, UInt32(SizeDistribution.largest)))
      })
    {}
  }

  /// The traces of the ARC paper (Megiddo and Modha 2003): lines `start count ignored request`, a request for
  /// the blocks start ..< start + count.
  private static func readARC(
    _ stream: inout ByteStream, _ trace: inout Trace, _ path: String
  ) throws(SystemError) {
    // Quantiles are slow to compute.
    let sizes = (0..<4096).map { sizesWithoutRecord.size(atQuantile: (Double($0) + 0.5) / 4096) }
    var bad: String?
    var number = 0
    while try stream.line({ line in
      number += 1
      let fields = line.split(separator: UInt8(ascii: " "))
      if fields.isEmpty { return }
      guard fields.count >= 2, let start = decimal(fields[0]), let count = decimal(fields[1]),
        count <= 1_000_000, start < UInt64.max - count
      else {
        bad = bad ?? "\(path): line \(number) is not `start count ignored id`"
        return
      }
      for block in start..<(start + count) {
        trace.append(identity: block, size: UInt32(sizes[Int(SplitMix64.mix(block) >> 52)]))
      }
    }) {}
    if let bad { throw SystemError(bad) }
  }

  private static func decimal(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    var value: UInt64 = 0
    for byte in field where byte != 0x0D {
      guard byte >= 0x30, byte <= 0x39, value < 1_000_000_000_000_000 else { return nil }
      value = value * 10 + UInt64(byte - 0x30)
    }
    return value
  }
}
