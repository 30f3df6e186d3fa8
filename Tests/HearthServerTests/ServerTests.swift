import HearthConfig
import Testing

@testable import HearthServer

@Suite struct ServerTests {
  @Test func itemsExpireWithTheDaemonsClock() throws {
    let server = try TestServer()
    let client = server.client()
    #expect(client.ask("set a 0 100 1|1|set b 0 0 1|2|") == "STORED|STORED|")
    server.advance(seconds: 99)
    #expect(client.ask("get a b|") == "VALUE a 0 1|1|VALUE b 0 1|2|END|")
    server.advance(seconds: 2)
    #expect(client.ask("get a b|add a 0 0 1|3|") == "VALUE b 0 1|2|END|STORED|")
  }

  @Test func aDelayedFlushKillsWhatWasStoredBeforeItEnds() throws {
    let server = try TestServer()
    let client = server.client()
    #expect(
      client.ask("set a 0 0 1|1|flush_all 30|set b 0 0 1|2|get a b|")
        == "STORED|OK|STORED|VALUE a 0 1|1|VALUE b 0 1|2|END|")
    server.advance(seconds: 31)
    #expect(client.ask("get a b|set a 0 0 1|3|get a|") == "END|STORED|VALUE a 0 1|3|END|")
  }

  static func twoPools(_ c: inout Configuration) {
    c.memory = 128 << 20
    c.pools[0].memory = 96 << 20
    c.pools.append(
      PoolConfiguration(name: "s", prefix: "s:", memory: 16 << 20, ttlDefault: 60, ttlMaximum: 100))
    c.pools.append(PoolConfiguration(name: "ss", prefix: "s:s:", memory: 16 << 20, ttlMaximum: 7))
  }

  @Test func theLongestPrefixChoosesThePoolAndItsTTLRules() throws {
    let server = try TestServer(Self.twoPools)
    let client = server.client()
    let sets = "set a 0 500 1|1|set s:a 0 0 1|1|set s:b 0 500 1|1|set s:s:a 0 0 1|1|"
    #expect(client.ask(sets) == String(repeating: "STORED|", count: 4))
    #expect(client.ask("mg a t|mg s:a t|mg s:b t|mg s:s:a t|") == "HD t500|HD t60|HD t100|HD t7|")
    #expect(client.ask("touch s:s:a 50|mg s:s:a t|") == "TOUCHED|HD t7|")
  }

  @Test func aListenersPoolTakesEveryKeyAndItsFlushSparesTheOthers() throws {
    let server = try TestServer(Self.twoPools)
    let own = server.client(tag: 2)
    let plain = server.client()
    #expect(own.ask("set x 0 0 1|o|") == "STORED|")
    #expect(plain.ask("get x|set x 0 0 1|p|") == "END|STORED|")
    #expect(own.ask("get x|flush_all|get x|") == "VALUE x 0 1|o|END|OK|END|")
    #expect(plain.ask("get x|") == "VALUE x 0 1|p|END|")
  }

  @Test func reloadChangesLimitsAndTTLs() throws {
    let server = try TestServer(Self.twoPools)
    let client = server.client()
    var new = server.server.state.pointee.configuration
    new.pools[1].ttlMaximum = 33
    new.pools[0].itemSizeLimit = 2048
    #expect(server.server.apply(new).count == 2)
    let long = String(repeating: "x", count: 2048)
    #expect(
      client.ask("set s:a 0 0 1|1|mg s:a t|set a 0 0 2048|\(long)|")
        == "STORED|HD t33|SERVER_ERROR object too large for cache|")
  }

  @Test func keysAreListedWithTheirMetadata() throws {
    let server = try TestServer()
    let client = server.client()
    let sets = (0..<3000).map { "set key\($0) 0 0 1|x|" }.joined()
    #expect(client.ask(sets + "ms AP8= 1 b|y|").hasSuffix("STORED|HD|"))
    let dump = client.ask("lru_crawler metadump all|").split(separator: "\n")
    #expect(dump.count == 3002)
    #expect(dump.last == "END|" || dump.last == "END")
    #expect(dump.contains { $0.hasPrefix("key=%00%FF exp=-1 la=") })
    let commands = client.ask("lru_crawler mgdump hash|").split(separator: "|")
    #expect(Set(commands).count == 3002)
    #expect(commands.last == "EN" && commands.contains("mg AP8= b") && commands.contains("mg key2999"))
  }

  @Test func statisticsCountWhatWasDone() throws {
    let server = try TestServer()
    let client = server.client()
    _ = client.ask("set a 0 0 1|1|get a|get b|incr a 1|delete a|delete a|touch a 0|mg a|cas a 0 0 1 1|x|")
    func values(_ what: String = "") -> [Substring: Substring] {
      var result: [Substring: Substring] = [:]
      for line in client.ask("stats\(what)|").split(separator: "|") where line.hasPrefix("STAT ") {
        let words = line.split(separator: " ", maxSplits: 2)
        result[words[1]] = words[2]
      }
      return result
    }
    let s = values()
    for (name, value) in [
      "cmd_get": "3", "get_hits": "1", "get_misses": "2", "cmd_set": "2", "incr_hits": "1",
      "delete_hits": "1",
      "delete_misses": "1", "touch_misses": "1", "cas_misses": "1", "curr_items": "0", "threads": "1",
      "curr_connections": "1",
    ] {
      #expect(s[Substring(name)] == Substring(value), "\(name)")
    }
    #expect(s["rusage_user"]?.wholeMatch(of: #/\d+\.\d{6}/#) != nil)
    _ = client.ask("stats reset|")
    #expect(values()["cmd_get"] == "0")
    #expect(values(" settings")["item_size_max"] == "1048576")
    #expect(values(" pools")["default:kind"] == "cache")
    #expect(values(" latency")["round_us_p99"] != nil)
  }

  @Test func detailCountsPerPrefix() throws {
    let server = try TestServer()
    let client = server.client()
    let reply = client.ask("stats detail on|set p:a 0 0 1|1|get p:a|get p:b|delete p:a|stats detail dump|")
    #expect(reply.hasSuffix("PREFIX p get 2 hit 1 set 1 del 1|END|"))
  }
}
