import HearthProtocol
import Testing

@Suite("Base64 keys")
struct Base64Tests {
  private func decode(_ text: String) -> [UInt8]? {
    let source = Array(text.utf8)
    var out = [UInt8](repeating: 0, count: source.count)
    let count = source.withUnsafeBytes { source in
      out.withUnsafeMutableBytes { Base64.decode(source, $0.baseAddress!) }
    }
    return count == 0 ? nil : Array(out[..<count])
  }

  private func encode(_ bytes: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: Base64.encodedLength(bytes.count) + 1)
    let count = bytes.withUnsafeBytes { bytes in
      out.withUnsafeMutableBytes { Base64.encode(bytes, $0.baseAddress!) - $0.baseAddress! }
    }
    #expect(count == Base64.encodedLength(bytes.count))
    return String(decoding: out[..<count], as: UTF8.self)
  }

  @Test(
    "RFC 4648, section 10",
    arguments: [
      ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func vectors(_ plain: String, _ encoded: String) {
    #expect(encode(Array(plain.utf8)) == encoded)
    #expect(decode(encoded) == Array(plain.utf8))
  }

  @Test("all bytes, all lengths, there and back")
  func roundTrip() {
    for count in 1...187 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ count) }
      #expect(decode(encode(bytes)) == bytes)
    }
    #expect(encode([0xfb, 0xff, 0xfe]) == "+//+")
  }

  @Test("what memcached refuses", arguments: ["Zm9", "Z", "====", "Zm9v=", "!!!!", "Z==="])
  func refused(_ text: String) {
    #expect(decode(text) == nil)
  }

  @Test("what memcached lets pass", arguments: [("Zm!9v", "foo"), ("Zg==Zm9v", "f"), ("Z\tm8=", "fo")])
  func lenient(_ text: String, _ plain: String) {
    #expect(decode(text) == Array(plain.utf8))
  }
}
