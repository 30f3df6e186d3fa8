import Testing

@testable import hearth_bench

@Suite struct RequestWriterTests {
  private static let key = "hearth-bench:h0000000000000005"

  private func request(_ operation: Operation, ttl: UInt32 = 0) -> String {
    let keyspace = Keyspace(
      keySize: 30, valueSize: .fixed(3), ttl: TTLMix(choices: [ttl], text: ""), numeric: true)
    var text = [UInt8](repeating: 0, count: 512)
    var entry = PendingReply(key: 0, size: 0, operation: .get, more: true, outcome: .hit)
    let length = text.withUnsafeMutableBufferPointer {
      RequestWriter(keys: keyspace.view)
        .write(operation, key: 5, size: 3, to: $0.baseAddress!, pending: &entry) - $0.baseAddress!
    }
    #expect(entry.operation == operation && entry.outcome == .none && !entry.more && entry.key == 5)
    return withExtendedLifetime(keyspace) { String(decoding: text[0..<length], as: UTF8.self) }
  }

  @Test(arguments: [
    (Operation.get, "get KEY\r\n"), (.gets, "gets KEY\r\n"), (.gat, "gat 60 KEY\r\n"), (.mg, "mg KEY v\r\n"),
    (.set, "set KEY 0 60 3\r\n111\r\n"), (.add, "add KEY 0 60 3\r\n111\r\n"),
    (.replace, "replace KEY 0 60 3\r\n111\r\n"), (.ms, "ms KEY 3 T60\r\n111\r\n"),
    (.touch, "touch KEY 60\r\n"), (.incr, "incr KEY 1\r\n"), (.decr, "decr KEY 1\r\n"),
    (.delete, "delete KEY\r\n"), (.md, "md KEY\r\n"), (.ma, "ma KEY\r\n"), (.mn, "mn\r\n"),
  ]) func text(operation: Operation, expected: String) {
    let parts = expected.split(separator: "KEY", omittingEmptySubsequences: false)
    #expect(request(operation, ttl: 60) == parts.joined(separator: Self.key))
  }

  @Test func withoutTimeToLive() {
    #expect(request(.ms) == "ms \(Self.key) 3\r\n111\r\n")
    #expect(request(.set) == "set \(Self.key) 0 0 3\r\n111\r\n")
  }

  @Test(arguments: [0, 7, 10, 99, 100, 65_535, 1_000_000, UInt32.max]) func decimals(value: UInt32) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let length = bytes.withUnsafeMutableBufferPointer {
      var text = TextWriter(at: $0.baseAddress!)
      text.decimal(value)
      return text.end - $0.baseAddress!
    }
    #expect(String(decoding: bytes[0..<length], as: UTF8.self) == "\(value)")
  }
}
