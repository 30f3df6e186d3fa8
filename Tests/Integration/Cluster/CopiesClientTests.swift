import CLibmemcached
import Testing

/// Client libraries that know nothing of copies, against two nodes.
@Suite("clients of copies", .serialized)
struct CopiesClientTests {
  @Test(arguments: ["pymemcache_session.py", "pylibmc_session.py"])
  func `the sessions of Python's clients`(name: String) throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", starts: false)
    for _ in 0..<2 { try cluster.startNext(flags: ["-t", "4"]) }
    try cluster.bootstrap([0])
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let program = try Program(
      [Binaries.python, "-B", "/\(folder)/Clients/Python/\(name)"] + cluster.ports.map { "\($0)" },
      environment: ["COPIES": "2"])
    #expect(program.status == 0, "\(program.errors)")
    #expect(program.output.hasSuffix("all done\n"), "\(program.output)")
    #expect(try cluster.differences(0, 1) == [])
  }

  @Test func `libmemcached with its own ring`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    let client = try Libmemcached(cluster.nodes, [MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED])
    for i in 0..<300 { #expect(client.set("ring\(i)", "value \(i)") == MEMCACHED_SUCCESS) }
    let keys = (0..<300).map { "ring\($0)" }
    #expect(try client.getMany(keys).count == 300)
    for i in 0..<100 { #expect(try client.get("ring\(i)")?.text == "value \(i)") }
    #expect(try cluster.differences(0, 1) == [])
    // The other node answers for the keys of one that is gone, to a client that knows both.
    try cluster.kill(0)
    try cluster.awaitReady([1])
    let alone = try Libmemcached([cluster.nodes[1]], [])
    #expect(try alone.getMany(keys).count == 300)
  }
}
