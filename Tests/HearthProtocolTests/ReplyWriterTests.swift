import HearthProtocol
import Testing

@Suite("Replies")
struct ReplyWriterTests {
  private func written(_ room: Int, _ body: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer) -> String {
    // A page of poison behind the room shows a write beyond it.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room + 32, alignment: 1)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xee)
    let end = body(memory.baseAddress!)
    let count = end - memory.baseAddress!
    #expect(count <= room)
    #expect(memory[max(count, 0)...].allSatisfy { $0 == 0xee })
    return String(decoding: memory[..<count], as: UTF8.self)
  }

  @Test("numbers of every length")
  func decimals() {
    var values: [UInt64] = [0, .max, .max - 1, UInt64(UInt32.max)]
    var power: UInt64 = 1
    for _ in 0..<20 {
      values += [power, power - 1, power + 1, power &* 5 &+ 37]
      power = power &* 10
    }
    values += (0..<1000).map { $0 }
    for value in values {
      #expect(written(20) { ReplyWriter.decimal(value, $0) } == "\(value)")
      #expect(ReplyWriter.digits(value) == "\(value)".count)
    }
  }

  @Test("VALUE lines")
  func values() {
    let key = Array("the-key".utf8)
    key.withUnsafeBytes { key in
      #expect(
        written(ReplyWriter.longestValueLine) { ReplyWriter.value(key: key, flags: 0, length: 0, $0) }
          == "VALUE the-key 0 0\r\n")
      #expect(
        written(ReplyWriter.longestValueLine) {
          ReplyWriter.value(key: key, flags: 12, length: 345, cas: 6789, $0)
        }
          == "VALUE the-key 12 345 6789\r\n")
    }
    Array(longKey.utf8).withUnsafeBytes { key in
      let line = written(ReplyWriter.longestValueLine) {
        ReplyWriter.value(key: key, flags: .max, length: 2_147_483_645, cas: .max, $0)
      }
      #expect(line.utf8.count == ReplyWriter.longestValueLine)
    }
  }

  @Test("error lines are memcached's, word for word", arguments: ProtocolError.allCases)
  func errors(_ error: ProtocolError) {
    let expected: String =
      switch error {
      case .unknownCommand: "ERROR"
      case .badLineFormat: "CLIENT_ERROR bad command line format"
      case .badDataChunk: "CLIENT_ERROR bad data chunk"
      case .invalidExptime: "CLIENT_ERROR invalid exptime argument"
      case .invalidDelta: "CLIENT_ERROR invalid numeric delta argument"
      case .invalidFlag: "CLIENT_ERROR invalid flag"
      case .duplicateFlag: "CLIENT_ERROR duplicate flag"
      case .invalidOrDuplicateFlag: "CLIENT_ERROR invalid or duplicate flag"
      case .badToken: "CLIENT_ERROR bad token in command line format"
      case .opaqueTooLong: "CLIENT_ERROR opaque token too long"
      case .badKeyEncoding: "CLIENT_ERROR error decoding key"
      case .tooManyTokens: "CLIENT_ERROR options flags are too long"
      case .invalidInitialValue: "CLIENT_ERROR invalid numeric initial value"
      case .invalidDeltaValue: "CLIENT_ERROR invalid numeric delta value"
      case .invalidSetMode: "CLIENT_ERROR invalid mode for ms M token"
      case .invalidArithmeticMode: "CLIENT_ERROR invalid mode for ma M token"
      }
    #expect(written(ReplyWriter.longestError) { ReplyWriter.error(error, $0) } == expected + "\r\n")
  }

  @Test("the k flag, plain and in base64")
  func keys() {
    Array("foo".utf8).withUnsafeBytes { key in
      #expect(written(20) { ReplyWriter.key(key, isBinary: false, $0) } == " kfoo")
      #expect(written(20) { ReplyWriter.key(key, isBinary: true, $0) } == " kZm9v b")
    }
    Array(longKey.utf8).withUnsafeBytes { key in
      let text = written(ReplyWriter.longestKeyFlag) { ReplyWriter.key(key, isBinary: true, $0) }
      #expect(text.utf8.count == ReplyWriter.longestKeyFlag)
    }
  }

  @Test("flags, bytes, line ends")
  func pieces() {
    #expect(written(2) { ReplyWriter.flag(UInt8(ascii: "t"), $0) } == " t")
    #expect(written(2) { ReplyWriter.lineEnd($0) } == "\r\n")
    #expect(written(5) { ReplyWriter.text("END\r\n", $0) } == "END\r\n")
    #expect(written(1) { ReplyWriter.byte(0x41, $0) } == "A")
    for count in 0...40 {
      let bytes = (0..<count).map { UInt8(0x41 + $0 % 26) }
      let text = bytes.withUnsafeBytes { bytes in written(count) { ReplyWriter.bytes(bytes, $0) } }
      #expect(text == String(decoding: bytes, as: UTF8.self))
    }
  }
}
