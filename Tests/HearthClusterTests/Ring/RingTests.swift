import CLibmemcached
import HearthCluster
import Testing

/// The ring against libmemcached's own.
@Suite struct RingTests {
  /// libmemcached's choice for each key, by the ports of the members, which are all different.
  private func reference(_ members: [RingMember], _ keys: [String]) throws -> [Int] {
    let client = try #require(memcached_create(nil))
    defer { memcached_free(client) }
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1)
    for member in members {
      let code = memcached_server_add_with_weight(client, member.host, member.port, member.weight)
      #expect(code == MEMCACHED_SUCCESS)
    }
    let ports = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.port, $0) })
    return try keys.map { key in
      var code = MEMCACHED_SUCCESS
      let instance = try #require(memcached_server_by_key(client, key, key.utf8.count, &code))
      return try #require(ports[UInt16(memcached_server_port(instance))])
    }
  }

  private func compare(_ members: [RingMember], keys count: Int) throws {
    let keys = (0..<count).map { "user:\($0 &* 2_654_435_761)" }
    let expected = try reference(members, keys)
    let ring = Ring(members)
    for (key, owner) in zip(keys, expected) {
      var key = key
      let own = key.withUTF8 { ring.owner(of: UnsafeRawBufferPointer($0)) }
      #expect(own == owner, "\(key) of \(members)")
    }
  }

  @Test func `100,000 keys belong where libmemcached puts them`() throws {
    try compare((0..<5).map { RingMember(host: "10.0.0.\($0)", port: 12000 + $0) }, keys: 100_000)
  }

  @Test func `weights, names and the plain port are reckoned as there`() throws {
    let hosts = ["10.0.0.1", "cache-7.example", "localhost", "127.0.0.1", "::1", "c"]
    for seed in 1...60 {
      var random = SeededGenerator(UInt64(seed))
      let members = (0..<Int.random(in: 1...9, using: &random)).map { index in
        let port: UInt16 = index == 0 && seed % 3 == 0 ? 11211 : 12000 + UInt16(index)
        let weight = seed % 2 == 0 ? 1 : UInt32.random(in: 1...40, using: &random)
        return RingMember(
          host: hosts[Int.random(in: 0..<hosts.count, using: &random)], port: port, weight: weight)
      }
      try compare(members, keys: 300)
    }
  }

  @Test func `a new member takes keys from the others and moves none between them`() {
    let members = (0..<6).map { RingMember(host: "10.0.0.\($0)", port: 11211) }
    let (old, new) = (Ring(Array(members.dropLast())), Ring(members))
    var moved = 0
    for i in 0..<20_000 {
      var key = "key\(i)"
      let (before, after) = key.withUTF8 {
        (old.owner(of: UnsafeRawBufferPointer($0)), new.owner(of: UnsafeRawBufferPointer($0)))
      }
      if before == after { continue }
      moved += 1
      #expect(after == 5)
    }
    // A sixth of them.
    #expect(2700...4000 ~= moved)
  }

  @Test func `the last point's keys wrap around to the first`() {
    let ring = Ring([RingMember(host: "a", port: 1), RingMember(host: "b", port: 2)])
    #expect(ring.owner(of: UInt32.max) == ring.owner(of: UInt32(0)))
  }
}
