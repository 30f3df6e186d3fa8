import CHearth
import Glibc
import HearthConfig
import Synchronization
import Testing

@testable import HearthFeed

/// A feed on a real directory, with a store that a test can spoil.
@Suite("files: sweeps")
struct FileFeedTests {
  private final class Site: @unchecked Sendable {
    let folder: String
    let target = MemoryTarget()
    let lines = Mutex<[String]>([])
    private(set) var feed: FileFeed?

    init() {
      var template = Array("/tmp/hearth-files-XXXXXX".utf8CString)
      _ = mkdtemp(&template)
      folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func start(key: String = "p:{path}", times: FileFeedTimes = FileFeedTimes()) throws {
      let configuration = FileFeedConfiguration(
        pool: "p", path: folder, key: try KeyTemplate(key), sizeLimit: 1000)
      let feed = FileFeed(name: "f", configuration, pools: ["p": 0], target: target, times: times) {
        [self] line in
        lines.withLock { $0.append(line) }
      }
      self.feed = feed
      feed.start()
      try FileFeedTests.wait("it is loaded") { target.isReady }
    }

    func write(_ name: String, _ text: String) {
      guard let file = fopen("\(folder)/\(name)", "we") else { return }
      fputs(text, file)
      fclose(file)
    }

    func end() {
      feed?.stop()
      for name in ["a/x", "b/x", "a", "b", "c"] { _ = Glibc.remove("\(folder)/\(name)") }
      rmdir(folder)
    }
  }

  private struct Vain: Error { let what: String }

  fileprivate static func wait(_ what: String, _ condition: () -> Bool) throws {
    let end = hearth_monotonic_ns() + 20_000_000_000
    while !condition() {
      if hearth_monotonic_ns() > end { throw Vain(what: what) }
      usleep(1000)
    }
  }

  @Test
  func `a sweep repairs what is wrong, removes what no file has, and counts`() throws {
    let site = Site()
    defer { site.end() }
    for name in ["a", "b", "c"] { site.write(name, "text of \(name)") }
    // Files that were written just now are left to their events.
    usleep(2_100_000)
    try site.start()
    let right = ["p:a": "text of a", "p:b": "text of b", "p:c": "text of c"]
    #expect(site.target.entries == right)
    site.target.spoil("p:a", "wrong")
    site.target.spoil("p:b", nil)
    site.target.spoil("p:d", "nobody's")
    #expect(site.feed?.verify("g") == nil)
    #expect(site.feed?.verify("f") == 1)
    try Self.wait("the sweep ends") { site.feed?.snapshot().sweeps == 1 }
    #expect(site.target.entries == right)
    #expect(site.feed?.snapshot().differences == 3)
    let found = try #require(site.feed?.snapshot().tables.first?.verification)
    #expect(found.count == 1 && found.rows == 3 && found.differences == 2 && found.vanished == 1)
    let stores = site.target.stores
    #expect(site.feed?.verify("f") == 2)
    try Self.wait("the next ends") { site.feed?.snapshot().sweeps == 2 }
    #expect(site.target.stores == stores)
    #expect(site.feed?.snapshot().differences == 3)
    #expect(
      site.lines.withLock { $0 }.contains("hearthd: feed f: sweep: 3 entries were wrong, and are repaired"))
  }

  @Test
  func `sweeps come by themselves`() throws {
    let site = Site()
    defer { site.end() }
    site.write("a", "x")
    var times = FileFeedTimes()
    times.sweep = 50
    times.check = 20
    try site.start(times: times)
    try Self.wait("some sweeps end") { (site.feed?.snapshot().sweeps ?? 0) > 3 }
    #expect(site.feed?.snapshot().differences == 0)
  }

  @Test
  func `of files with one key the next has it when the first is gone`() throws {
    let site = Site()
    defer { site.end() }
    mkdir("\(site.folder)/a", 0o755)
    mkdir("\(site.folder)/b", 0o755)
    site.write("b/x", "second")
    site.write("a/x", "first")
    try site.start(key: "{name}")
    #expect(site.target.entries == ["x": "first"])
    site.write("b/x", "second again")
    unlink("\(site.folder)/a/x")
    try Self.wait("the other has the key") { site.target.entries == ["x": "second again"] }
    site.write("a/x", "back")
    try Self.wait("the first has it again") { site.target.entries == ["x": "back"] }
  }
}
