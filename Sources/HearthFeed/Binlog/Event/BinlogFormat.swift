/// The FORMAT_DESCRIPTION event: who wrote the log, and how.
public struct BinlogFormat: Sendable, Equatable {
  /// As in SELECT VERSION().
  public let serverVersion: String
  /// Whether a CRC32 ends every event.
  public let hasChecksum: Bool
  /// Which of the two families of event types and GTIDs is in use.
  public let isMariaDB: Bool
  /// Bytes of each type's post-header, from type 1 on.
  let postHeaders: [UInt8]

  /// Reads the body, with the checksum's bytes but without the header.
  init(_ body: UnsafeRawBufferPointer) throws(BinlogError) {
    var reader = EventBytes(body)
    let version = reader.uint16()
    let name = reader.take(50)
    reader.skip(4)
    let headerLength = reader.byte()
    guard !reader.failed else { throw BinlogError(.damaged, "FORMAT_DESCRIPTION event is too short") }
    guard version == 4, headerLength == EventHeader.size else {
      throw BinlogError(
        .unsupported,
        "binlog format \(version) with headers of \(headerLength) bytes, only 4 with 19 is known")
    }
    serverVersion = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    isMariaDB = serverVersion.contains("MariaDB")
    guard isMariaDB || Self.hasAlgorithmByte(serverVersion) else {
      hasChecksum = false
      postHeaders = Array(reader.rest)
      return
    }
    // From here on the event ends with the algorithm and four bytes for a checksum, used or not.
    guard reader.left >= 5 else { throw BinlogError(.damaged, "FORMAT_DESCRIPTION event is too short") }
    postHeaders = Array(reader.take(reader.left - 5))
    let algorithm = reader.byte()
    guard algorithm <= 1 else {
      throw BinlogError(.unsupported, "unknown binlog checksum algorithm \(algorithm)")
    }
    hasChecksum = algorithm == 1
  }

  /// Bytes of the post-header of a type; `standard` where the event does not say.
  func postHeader(of type: UInt8, standard: Int) -> Int {
    let index = Int(type) - 1
    return index >= 0 && index < postHeaders.count && postHeaders[index] != 0
      ? Int(postHeaders[index]) : standard
  }

  private static func hasAlgorithmByte(_ version: String) -> Bool {
    let numbers = version.split(separator: ".", maxSplits: 2).map { part in
      part.prefix { $0.isASCII && $0.isNumber }.reduce(0) {
        min($0 * 10 + ($1.wholeNumberValue ?? 0), 1 << 20)
      }
    }
    guard numbers.count == 3 else { return true }
    return (numbers[0], numbers[1], numbers[2]) >= (5, 6, 1)
  }
}
