import CLibmemcached
import Testing

@Suite("libmemcached: several daemons, unix socket, listing of keys")
struct LibmemcachedPlacesTests {
  @Test func `two daemons share the keys of a ketama ring`() throws {
    let daemons = [try Daemon(), try Daemon()]
    let client = try Libmemcached(daemons, [MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED])
    let keys = (0..<1000).map { "ring:\($0)" }
    for key in keys { #expect(client.set(key, key + "!") == MEMCACHED_SUCCESS) }
    let counts = try daemons.map { try $0.connect().statistic("curr_items") }
    #expect(counts.reduce(0, +) == 1000)
    #expect(counts.allSatisfy { $0 > 250 }, "\(counts)")
    let items = try client.getMany(keys)
    #expect(items.count == 1000)
    #expect(items.allSatisfy { $0.value.text == $0.key + "!" })

    // Another client that is configured alike finds them all; the ring does not depend on the server's doing.
    let other = try Libmemcached(daemons, [MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED])
    #expect(try other.getMany(keys) == items)
  }

  @Test func `a unix socket`() throws {
    let folder = try TemporaryFolder()
    let daemon = try Daemon(at: .unix(folder.file("socket")), folder: folder)
    let client = try Libmemcached([daemon])
    for i in 0..<200 { #expect(client.set("k\(i)", "\(i)") == MEMCACHED_SUCCESS) }
    #expect(try client.getMany((0..<200).map { "k\($0)" }).count == 200)
    #expect(client.delete("k1") == MEMCACHED_SUCCESS)
    #expect(try client.get("k1") == nil)
  }

  @Test func `memcached_dump lists every key`() throws {
    // It sends `stats cachedump CLASS 0` for every class there may be.
    let client = try Libmemcached([Daemon()])
    for i in 0..<500 { #expect(client.set("dump:\(i)", "\(i)") == MEMCACHED_SUCCESS) }
    let found = Found()
    var callbacks: [memcached_dump_fn?] = [
      { _, key, length, context in
        guard let key, let context else { return MEMCACHED_FAILURE }
        let name = UnsafeBufferPointer(start: key, count: length).map { UInt8(bitPattern: $0) }
        Unmanaged<Found>.fromOpaque(context).takeUnretainedValue()
          .keys.append(String(decoding: name, as: UTF8.self))
        return MEMCACHED_SUCCESS
      }
    ]
    let status = memcached_dump(client.handle, &callbacks, Unmanaged.passUnretained(found).toOpaque(), 1)
    #expect(status == MEMCACHED_SUCCESS, "\(client.describe(status))")
    #expect(found.keys.sorted() == (0..<500).map { "dump:\($0)" }.sorted())
  }
}

private final class Found {
  var keys: [String] = []
}
