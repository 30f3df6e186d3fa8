import Testing

@testable import hearth_bench

@Suite struct KeyspaceTests {
  private func key(_ number: UInt64, size: Int) -> String {
    let keyspace = Keyspace(keySize: size, valueSize: .fixed(10))
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = bytes.withUnsafeMutableBufferPointer { keyspace.view.writeKey(number, to: $0.baseAddress!) }
    return withExtendedLifetime(keyspace) { String(decoding: bytes[0..<length], as: UTF8.self) }
  }

  @Test func keysEndInSixteenHexadecimalDigits() {
    #expect(key(0, size: 30) == "hearth-bench:h0000000000000000")
    #expect(key(0x0123_4567_89AB_CDEF, size: 16) == "0123456789abcdef")
    #expect(key(.max, size: 17) == "hffffffffffffffff")
    #expect(key(1_000_000, size: 250).count == 250)
  }

  @Test func valuesDifferBetweenKeysAndRepeatBetweenRuns() {
    let one = Keyspace(keySize: 30, valueSize: .fixed(100))
    let two = Keyspace(keySize: 30, valueSize: .fixed(100))
    func value(_ keyspace: Keyspace, _ key: UInt64) -> [UInt8] {
      Array(UnsafeBufferPointer(start: keyspace.view.value(of: key), count: 100))
    }
    var values: Set<[UInt8]> = []
    for key in 0..<200 as Range<UInt64> {
      #expect(value(one, key) == value(two, key))
      values.insert(value(one, key))
    }
    #expect(values.count >= 199)
  }

  @Test func sizesAndTimesToLiveAreFunctionsOfTheKey() {
    let keyspace = Keyspace(
      keySize: 30, valueSize: .uniform(10...20), ttl: TTLMix(choices: [5, 60], text: "5,60"))
    var sizes: Set<UInt32> = []
    var ttls: Set<UInt32> = []
    for key in 0..<1000 as Range<UInt64> {
      #expect(keyspace.view.size(of: key) == keyspace.view.size(of: key))
      sizes.insert(keyspace.view.size(of: key))
      ttls.insert(keyspace.view.ttl(of: key))
    }
    #expect(sizes == Set(10...20))
    #expect(ttls == [5, 60])
  }
}
