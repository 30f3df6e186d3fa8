import CLibmemcached
import Testing

@Suite("libmemcached, text protocol")
struct LibmemcachedTests {
  @Test func `storage commands answer as they should`() throws {
    let client = try Libmemcached([Daemon()])
    #expect(client.set("a", "one", flags: 0xffff_fffe) == MEMCACHED_SUCCESS)
    #expect(try client.get("a") == .init(value: Array("one".utf8), flags: 0xffff_fffe))
    #expect(client.store(memcached_add, "a", "x") == MEMCACHED_NOTSTORED)
    #expect(client.store(memcached_add, "b", "new") == MEMCACHED_SUCCESS)
    #expect(client.store(memcached_replace, "a", "two") == MEMCACHED_SUCCESS)
    #expect(client.store(memcached_replace, "none", "x") == MEMCACHED_NOTSTORED)
    #expect(client.store(memcached_append, "a", ">") == MEMCACHED_SUCCESS)
    #expect(client.store(memcached_prepend, "a", "<") == MEMCACHED_SUCCESS)
    #expect(client.store(memcached_append, "none", "x") == MEMCACHED_NOTSTORED)
    #expect(try client.get("a")?.text == "<two>")
    #expect(try client.get("b")?.text == "new")
    #expect(client.set("empty", "") == MEMCACHED_SUCCESS)
    #expect(try client.get("empty") == .init(value: []))
    #expect(try client.get("none") == nil)
  }

  @Test func `a multiget of 1000 keys gives the 900 that are there`() throws {
    let client = try Libmemcached([Daemon()])
    let keys = (0..<1000).map { "multi:\($0)" }
    for (i, key) in keys.enumerated() where i % 10 != 0 {
      #expect(client.set(key, "value of \(key)", flags: UInt32(i)) == MEMCACHED_SUCCESS)
    }
    let items = try client.getMany(keys)
    #expect(items.count == 900)
    for (i, key) in keys.enumerated() where i % 10 != 0 {
      #expect(items[key]?.text == "value of \(key)" && items[key]?.flags == UInt32(i))
    }
    #expect(try client.getMany(["no", "such", "keys"]) == [:])
  }

  @Test func `gets and cas`() throws {
    let client = try Libmemcached([Daemon()], [MEMCACHED_BEHAVIOR_SUPPORT_CAS])
    #expect(client.set("a", "one") == MEMCACHED_SUCCESS)
    let cas = try #require(try client.getMany(["a"])["a"]?.cas)
    #expect(cas != 0)
    #expect(client.compareAndSwap("a", "two", cas: cas) == MEMCACHED_SUCCESS)
    #expect(client.compareAndSwap("a", "three", cas: cas) == MEMCACHED_DATA_EXISTS)
    #expect(client.compareAndSwap("none", "x", cas: cas) == MEMCACHED_NOTFOUND)
    #expect(try client.get("a")?.text == "two")
  }

  @Test func `increment and decrement`() throws {
    let client = try Libmemcached([Daemon()])
    #expect(try client.increment("n", by: 1) == nil)
    #expect(client.set("n", "41") == MEMCACHED_SUCCESS)
    #expect(try client.increment("n", by: 1) == 42)
    #expect(try client.decrement("n", by: 50) == 0)
    #expect(client.set("n", "18446744073709551615") == MEMCACHED_SUCCESS)
    #expect(try client.increment("n", by: 2) == 1)
    #expect(client.set("n", "word") == MEMCACHED_SUCCESS)
    #expect(throws: TestFailure.self) { try client.increment("n", by: 1) }
    #expect(try client.get("n")?.text == "word")
  }

  @Test func `delete, touch, exist and flush`() throws {
    let client = try Libmemcached([Daemon()])
    #expect(client.set("a", "one") == MEMCACHED_SUCCESS)
    #expect(client.touch("a", expire: 100) == MEMCACHED_SUCCESS)
    #expect(client.touch("none", expire: 100) == MEMCACHED_NOTFOUND)
    // It asks with an `add` whose absolute time is long past.
    #expect(client.exists("a") == MEMCACHED_SUCCESS)
    #expect(client.exists("none") == MEMCACHED_NOTFOUND)
    #expect(client.delete("a") == MEMCACHED_SUCCESS)
    #expect(client.delete("a") == MEMCACHED_NOTFOUND)
    #expect(client.set("a", "one") == MEMCACHED_SUCCESS)
    #expect(client.touch("a", expire: -1) == MEMCACHED_SUCCESS)
    #expect(try client.get("a") == nil)
    #expect(client.set("b", "one") == MEMCACHED_SUCCESS)
    #expect(memcached_flush(client.handle, 0) == MEMCACHED_SUCCESS)
    #expect(try client.get("b") == nil)
    #expect(client.set("b", "two") == MEMCACHED_SUCCESS)
    #expect(memcached_flush(client.handle, 1000) == MEMCACHED_SUCCESS)
    #expect(try client.get("b")?.text == "two")
  }

  @Test func `version, verbosity and statistics`() throws {
    let client = try Libmemcached([Daemon()])
    #expect(client.set("a", "one") == MEMCACHED_SUCCESS)
    #expect(memcached_version(client.handle) == MEMCACHED_SUCCESS)
    let server = memcached_server_instance_by_position(client.handle, 0)
    // Clients choose their commands by it: touch and gat need 1.4.8 or later.
    #expect(memcached_server_major_version(server) == 1)
    #expect(memcached_server_minor_version(server) >= 6)
    #expect(memcached_verbosity(client.handle, 1) == MEMCACHED_SUCCESS)
    var status = MEMCACHED_SUCCESS
    let statistics = try #require(memcached_stat(client.handle, nil, &status))
    defer { memcached_stat_free(client.handle, statistics) }
    #expect(status == MEMCACHED_SUCCESS)
    #expect(statistics.pointee.curr_items == 1)
    #expect(statistics.pointee.cmd_set == 1)
    #expect(statistics.pointee.limit_maxbytes == 64 << 20)
  }

  @Test func `the largest value and one that is too large`() throws {
    let client = try Libmemcached([Daemon()])
    let largest = (0..<(1 << 20) - 200).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    #expect(client.store(memcached_set, "large", largest) == MEMCACHED_SUCCESS)
    #expect(try client.get("large")?.value == largest)
    let status = client.store(memcached_set, "large", [UInt8](repeating: 1, count: 1 << 20))
    #expect(status == MEMCACHED_E2BIG, "\(client.describe(status))")
    // The connection is in step, and what was stored under the key is gone.
    #expect(try client.get("large") == nil)
    #expect(client.store(memcached_add, "large", [UInt8](repeating: 1, count: 2 << 20)) == MEMCACHED_E2BIG)
    #expect(client.set("large", "small") == MEMCACHED_SUCCESS)
    #expect(try client.get("large")?.text == "small")
  }

  @Test(arguments: [
    [MEMCACHED_BEHAVIOR_NOREPLY], [MEMCACHED_BEHAVIOR_BUFFER_REQUESTS],
    [MEMCACHED_BEHAVIOR_NOREPLY, MEMCACHED_BEHAVIOR_BUFFER_REQUESTS], [MEMCACHED_BEHAVIOR_NO_BLOCK],
  ])
  func `requests that are buffered or want no reply`(behaviors: [memcached_behavior_t]) throws {
    let daemon = try Daemon()
    let writer = try Libmemcached([daemon], behaviors)
    let good = [MEMCACHED_SUCCESS, MEMCACHED_BUFFERED]
    let value = String(repeating: "v", count: 500)
    for i in 0..<2000 { #expect(good.contains(writer.set("k\(i)", "\(i) \(value)"))) }
    for i in stride(from: 0, to: 2000, by: 2) {
      #expect(good.contains(writer.store(memcached_append, "k\(i)", "!")))
    }
    for i in stride(from: 0, to: 2000, by: 5) { #expect(good.contains(writer.delete("k\(i)"))) }
    #expect(good.contains(writer.set("last", "end")))
    #expect(memcached_flush_buffers(writer.handle) == MEMCACHED_SUCCESS)
    let reader = try Libmemcached([daemon])
    try eventually("the last request was executed") { try reader.get("last") != nil }
    for i in 0..<2000 {
      let expected = i % 5 == 0 ? nil : "\(i) \(value)" + (i % 2 == 0 ? "!" : "")
      #expect(try reader.get("k\(i)")?.text == expected)
    }
  }
}
