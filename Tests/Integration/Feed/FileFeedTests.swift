import Glibc
import Testing

/// A directory kept ready: what is read is what the files hold.
@Suite("files")
struct FileFeedTests {
  @Test(arguments: Binaries.isSlow ? Array(1...20) : [1, 2])
  func `after any changes by several writers the pool is the tree, byte by byte`(seed: Int) throws {
    let site = try FileSite()
    let daemon = try site.daemon()
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let program = try Program(
      [
        Binaries.python, "-B", "/\(folder)/Python/random_files.py", site.root, "\(daemon.port)", "\(seed)",
        "4",
      ], seconds: 120)
    #expect(program.status == 0, "seed \(seed): \(program.errors)")
    #expect(program.output.hasSuffix("all done\n"), "\(program.output)")
    #expect(try daemon.pages("differences") == "0")
  }

  @Test
  func `all files are there once the pool answers`() throws {
    let site = try FileSite()
    site.mkdirs("a/b/c")
    for i in 0..<3000 { try site.write(["", "a/", "a/b/", "a/b/c/"][i % 4] + "\(i).html", "page \(i)") }
    let daemon = try site.daemon()
    let client = try daemon.connect()
    try eventually("a page is there") {
      let answer = try client.ask("get page:/a/b/c/2999.html")
      if answer.hasPrefix("VALUE ") { return true }
      #expect(matches(answer, "SERVER_ERROR pool pages loading <n>%\r\n"), "\(answer)")
      return false
    }
    for i in 0..<3000 {
      #expect(try client.page(["", "a/", "a/b/", "a/b/c/"][i % 4] + "\(i).html") == "page \(i)")
    }
    #expect(try client.page("3000.html") == nil)
    #expect(try daemon.pages("pages:rows") == "3000")
    #expect(try daemon.pages("skipped") == "0")
  }

  @Test
  func `a file that is written, published, renamed or removed is so in the pool`() throws {
    let site = try FileSite()
    try site.write("old", "1")
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    try site.write("new", "first")
    try client.await("new", "first")
    try site.write("new", "in place")
    try client.await("new", "in place")
    try site.publish("new", "moved over")
    try client.await("new", "moved over")
    rename(site.path("new"), site.path("other"))
    try client.await("new", nil)
    try client.await("other", "moved over")
    rename(site.path("other"), "\(site.folder)/out")
    try client.await("other", nil, "moved out")
    rename("\(site.folder)/out", site.path("back"))
    try client.await("back", "moved over")
    link(site.path("back"), site.path("second"))
    try client.await("second", "moved over", "one more name")
    unlink(site.path("old"))
    try client.await("old", nil)
    truncate(site.path("back"), 0)
    try site.write("back", "")
    try client.await("back", "")
    #expect(try daemon.pages("differences") == "0")
  }

  @Test
  func `what is being written is taken when it is closed`() throws {
    let site = try FileSite()
    try site.write("page", "before")
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    let file = try site.begin("page", "hal")
    try site.write("mark", "x")
    try client.await("mark", "x")
    #expect(try client.page("page") == "before")
    site.put("f and whole", into: file)
    site.finish(file)
    try client.await("page", "half and whole")
  }

  @Test
  func `folders come, are renamed, leave and vanish with all that is in them`() throws {
    let site = try FileSite()
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    site.mkdirs("a/b/c")
    try site.write("a/b/c/page", "deep")
    try client.await("a/b/c/page", "deep")
    rename(site.path("a"), site.path("z"))
    try client.await("z/b/c/page", "deep")
    try client.await("a/b/c/page", nil)
    try site.write("z/b/c/page", "changed there")
    try client.await("z/b/c/page", "changed there")
    rename(site.path("z"), "\(site.folder)/away")
    try client.await("z/b/c/page", nil)
    rename("\(site.folder)/away", site.path("y"))
    try client.await("y/b/c/page", "changed there")
    // A file in the place of a folder, and a folder in the place of a file.
    _ = try Program(["/bin/rm", "-r", site.path("y/b")])
    try site.write("y/b", "a file")
    try client.await("y/b", "a file")
    try client.await("y/b/c/page", nil)
    unlink(site.path("y/b"))
    site.mkdirs("y/b")
    try site.write("y/b/x", "x")
    try client.await("y/b/x", "x")
    try client.await("y/b", nil)
    _ = try Program(["/bin/rm", "-r", site.path("y")])
    try client.await("y/b/x", nil)
    #expect(try daemon.pages("pages:rows") == "0")
  }

  @Test
  func `names that no key may have are found as nginx asks for them`() throws {
    let site = try FileSite()
    for (name, _) in Self.names { try site.write(name, name) }
    try site.write(String(repeating: "n", count: 244), "longest")
    try site.write(String(repeating: "n", count: 245), "too long")
    for name in [".hidden", "page~", "#page#"] { try site.write(name, "left") }
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    for (name, key) in Self.names { #expect(try client.page(key) == name) }
    #expect(try client.page(String(repeating: "n", count: 244)) == "longest")
    #expect(try daemon.pages("skipped") == "1")
    for name in [".hidden", "page~", "#page#"] { #expect(try client.page(name) == nil) }
    #expect(daemon.errors.contains("is left out: its path gives no valid key (1 to 250 bytes)"))
  }

  private static let names = [
    ("a b", "a%20b"), ("100%", "100%25"), ("tab\tand\nline", "tab%09and%0Aline"), ("gr\u{fc}n", "gr\u{fc}n"),
  ]

  @Test
  func `what may not be read, is too large or is no file has no entry`() throws {
    let site = try FileSite()
    try site.write("shut", "x")
    chmod(site.path("shut"), 0)
    site.mkdirs("closed")
    try site.write("closed/page", "x")
    chmod(site.path("closed"), 0)
    try site.write("large", String(repeating: "x", count: 1025))
    try site.write("fits", String(repeating: "x", count: 1024))
    mkfifo(site.path("pipe"), 0o644)
    // Nobody: root may read everything.
    let daemon = try site.daemon(feed: "size_limit: 1024", flags: geteuid() == 0 ? ["-u", "nobody"] : [])
    try daemon.awaitPages()
    let client = try daemon.connect()
    #expect(try client.page("fits")?.count == 1024)
    for name in ["shut", "closed/page", "large", "pipe"] { #expect(try client.page(name) == nil, "\(name)") }
    #expect(try daemon.pages("skipped") == "4")
    #expect(daemon.errors.contains("feed pages: shut is left out: it may not be read: permission denied\n"))
    chmod(site.path("shut"), 0o644)
    try client.await("shut", "x")
    chmod(site.path("closed"), 0o755)
    try client.await("closed/page", "x")
    chmod(site.path("shut"), 0)
    try client.await("shut", nil)
    chmod(site.path("closed"), 0)
    try client.await("closed/page", nil)
    try site.write("large", "small now")
    try client.await("large", "small now")
    try site.write("fits", String(repeating: "y", count: 1025))
    try client.await("fits", nil)
    chmod(site.path("closed"), 0o755)
    try client.await("closed/page", "x")
  }

  @Test
  func `the directory may come late, be replaced, and go`() throws {
    let site = try FileSite()
    rmdir(site.root)
    let daemon = try site.daemon()
    try eventually("the trouble is told") { daemon.errors.contains("cannot open \(site.root): No such file") }
    let client = try daemon.connect()
    try client.say("get page:/a", "SERVER_ERROR pool pages loading 0%")
    mkdir(site.root, 0o755)
    try site.write("a", "one")
    try site.write("b", "one")
    try eventually("it is loaded") { try client.ask("get page:/a").hasPrefix("VALUE") }
    // A release put in its place: no miss for what is in both.
    mkdir("\(site.folder)/next", 0o755)
    try site.write(in: "\(site.folder)/next/a", "two")
    rename(site.root, "\(site.folder)/old")
    rename("\(site.folder)/next", site.root)
    try eventually("the new one is there") {
      let page = try client.page("a")
      #expect(page != nil)
      return page == "two"
    }
    try client.await("b", nil)
    try site.write(in: "\(site.folder)/old/a", "nobody cares")
    rename(site.root, "\(site.folder)/gone")
    try client.await("a", nil, "once it was away for some seconds")
    #expect(daemon.errors.contains("is gone: its 1 entries are removed"))
    rename("\(site.folder)/gone", site.root)
    try client.await("a", "two")
    // Told when it was missed, not with each attempt.
    #expect((2...3).contains(daemon.errors.components(of: "cannot open")))
  }

  @Test
  func `when events are lost the tree is walked again`() throws {
    let site = try FileSite()
    for i in 0..<2000 { try site.write("\(i)", "before") }
    let daemon = try site.daemon()
    try daemon.awaitPages()
    daemon.process.signal(SIGSTOP)
    for i in 0..<10_000 { try site.write("\(i)", "after") }
    for i in 0..<500 { unlink(site.path("\(i)")) }
    site.mkdirs("new")
    try site.write("new/page", "after")
    daemon.process.signal(SIGCONT)
    let client = try daemon.connect()
    try client.await("new/page", "after")
    try eventually("everything is there") { try daemon.pages("pages:rows") == "9501" }
    #expect(daemon.errors.contains("max_queued_events"), "no event was lost: nothing was tested")
    for i in [0, 499] { try client.await("\(i)", nil) }
    for i in [500, 1999, 5000, 9999] { try client.await("\(i)", "after") }
  }

  /// Limits of a user namespace are its own; not every system lets tests make one.
  private static let canLimitWatches =
    (try? Program(["/usr/bin/unshare", "-Ur", "/bin/test", "-w", "/proc/sys/user/max_inotify_watches"]))?
    .status == 0

  @Test(.enabled(if: canLimitWatches))
  func `where watches run out the tree is walked every few seconds`() throws {
    let site = try FileSite()
    for i in 0..<20 {
      site.mkdirs("\(i)")
      try site.write("\(i)/page", "before")
    }
    let limit = ["/bin/sh", "-c", "echo 5 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"]
    let daemon = try site.daemon(wrapper: ["/usr/bin/unshare", "-Ur"] + limit)
    try daemon.awaitPages()
    #expect(daemon.errors.components(of: "raise fs.inotify.max_user_watches") == 1)
    let client = try daemon.connect()
    for i in 0..<20 { try site.write("\(i)/page", "after") }
    for i in 0..<20 { try client.await("\(i)/page", "after") }
    _ = try Program(["/bin/rm", "-r", site.path("19")])
    try client.await("19/page", nil)
  }

  @Test
  func `a pool that is too small says how much it needs, and recovers`() throws {
    let site = try FileSite()
    for i in 0..<200 { try site.write("\(i)", String(repeating: "x", count: 100_000)) }
    let daemon = try site.daemon(pool: "kind: deterministic, memory: 8m")
    try eventually("the trouble is told") {
      daemon.errors.contains("pool pages is too small for \(site.root): it needs about ")
    }
    let client = try daemon.connect()
    try client.say("get page:/1", "SERVER_ERROR pool pages failed")
    for i in 20..<200 { unlink(site.path("\(i)")) }
    try eventually("there is room again") { try client.ask("get page:/1").hasPrefix("VALUE") }
    for i in 0..<20 { #expect(try client.page("\(i)")?.count == 100_000) }
  }

  @Test
  func `clients do not change a page`() throws {
    let site = try FileSite()
    try site.write("page", "x")
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    for request in [
      "set page:/page 0 0 1\nx", "delete page:/page", "set page:/other 0 0 1\nx", "ms page:/page 1\nx",
    ] {
      try client.say(request, "SERVER_ERROR key is fed by pages")
    }
    #expect(try client.page("page") == "x")
    try client.say("set page:other 0 0 1\nx", "STORED")
  }

  @Test
  func `after kill -9 the next daemon has what changed meanwhile`() throws {
    let site = try FileSite()
    for i in 0..<100 { try site.write("\(i)", "before") }
    do {
      let daemon = try site.daemon()
      try daemon.awaitPages()
      #expect(try daemon.stop(SIGKILL) == .signal(SIGKILL))
    }
    try site.write("1", "after")
    unlink(site.path("2"))
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    #expect(try client.page("1") == "after")
    #expect(try client.page("2") == nil)
    #expect(try client.page("99") == "before")
    #expect(try daemon.stop() == .exit(0))
  }
}

extension String {
  /// How often the text is in it.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
