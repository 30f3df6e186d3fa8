import CHearth
import Glibc

/// One reply of the server to a herd client.
enum HerdReply: Equatable, Sendable {
  case hit(HerdValue)
  case miss
  case stored
  /// An error line; the connection stays in step.
  case refused(String)
  /// Nothing that a correct server says here.
  case wrong(String)

  /// A value header is shorter than this.
  private static let longestLine = 512

  /// The reply at the beginning of the bytes, nil while it is not complete. Every reply is all there is: a client
  /// sends its next request when the last is answered.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, key: String) -> HerdReply? {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return nil }
    guard let newline = memchr(start, 0x0A, min(bytes.count, longestLine)) else {
      return bytes.count < longestLine ? nil : .wrong(text(bytes))
    }
    let length = UnsafeRawPointer(newline) - UnsafeRawPointer(start) + 1
    let line = text(UnsafeBufferPointer(start: start, count: length))
    if length == bytes.count {
      switch line {
      case "END": return .miss
      case "STORED": return .stored
      default: break
      }
      if line == "ERROR" || line.hasPrefix("SERVER_ERROR ") || line.hasPrefix("CLIENT_ERROR ")
        || line == "NOT_STORED"
      {
        return .refused(line)
      }
    }
    guard line == "VALUE \(key) 0 \(HerdValue.size)" else { return .wrong(text(bytes)) }
    let total = length + HerdValue.size + 7
    if bytes.count < total { return nil }
    let end = UnsafeBufferPointer(rebasing: bytes[(total - 7)...])
    guard bytes.count == total, end.elementsEqual("\r\nEND\r\n".utf8),
      let value = HerdValue(UnsafeBufferPointer(rebasing: bytes[length..<(total - 7)]))
    else { return .wrong(text(bytes)) }
    return .hit(value)
  }

  /// The first line without its end, at most 160 bytes.
  private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let line = bytes.prefix(160).prefix { $0 != 0x0D && $0 != 0x0A }
    return String(decoding: line, as: UTF8.self)
  }
}
