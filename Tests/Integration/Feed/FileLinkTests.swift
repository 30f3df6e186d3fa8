import Glibc
import Testing

/// Links in a directory that is kept ready: what they lead to is there, but nothing from outside.
@Suite("links of files")
struct FileLinkTests {
  @Test
  func `links are followed inside the tree, and never out of it`() throws {
    let site = try FileSite()
    try site.write(in: "\(site.folder)/secret", "secret")
    mkdir("\(site.folder)/outside", 0o755)
    try site.write(in: "\(site.folder)/outside/x", "secret")
    site.mkdirs("releases/1")
    site.mkdirs("releases/2")
    site.mkdirs("sub/deep")
    try site.write("releases/1/page", "one")
    try site.write("releases/2/page", "two")
    symlink("releases/1", site.path("current"))
    symlink("current/page", site.path("short"))
    symlink("\(site.root)/releases/1/page", site.path("absolute"))
    symlink("../../releases/2/page", site.path("sub/deep/up"))
    for (name, target) in [
      ("file", "../secret"), ("folder", "../outside"), ("etc", "/etc/passwd"), ("root", "/"),
      ("around", "../pages/../secret"),
      ("through", "sub/../../secret"), ("self", "self"), ("proc", "/proc/self/root/etc/passwd"),
    ] {
      symlink(target, site.path(name))
    }
    symlink(".", site.path("loop"))
    symlink("../..", site.path("sub/deep/loop"))
    symlink("releases/3/page", site.path("later"))
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    for (name, text) in [
      ("current/page", "one"), ("short", "one"), ("absolute", "one"), ("sub/deep/up", "two"),
    ] {
      #expect(try client.page(name) == text)
    }
    for name in [
      "file", "folder/x", "etc", "root/etc/passwd", "around", "through", "self", "proc", "later",
      "loop/short",
    ] {
      #expect(try client.page(name) == nil, "\(name)")
    }
    // What a link leads to changes: the file, the link on the way, what was not there.
    try site.write("releases/1/page", "ONE")
    for name in ["current/page", "short", "absolute"] { try client.await(name, "ONE") }
    symlink("releases/2", site.path("next"))
    rename(site.path("next"), site.path("current"))
    try client.await("current/page", "two")
    try client.await("short", "two")
    site.mkdirs("releases/3")
    try site.publish("releases/3/page", "three")
    try client.await("later", "three")
    // A link that led inside leads out.
    symlink("../secret", site.path("next"))
    rename(site.path("next"), site.path("short"))
    try client.await("short", nil)
    rename("\(site.folder)/outside", site.path("sub/inside"))
    symlink("sub/inside/x", site.path("next"))
    rename(site.path("next"), site.path("short"))
    try client.await("short", "secret", "which is inside now")
  }

  @Test
  func `a set of files is switched by a hidden link, as configuration volumes do`() throws {
    let site = try FileSite()
    site.mkdirs("..1")
    try site.write("..1/page", "one")
    symlink("..1", site.path("..data"))
    symlink("..data/page", site.path("page"))
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    #expect(try client.page("page") == "one")
    #expect(try client.page("..1/page") == nil)
    site.mkdirs("..2")
    try site.write("..2/page", "two")
    symlink("..2", site.path("..tmp"))
    rename(site.path("..tmp"), site.path("..data"))
    try client.await("page", "two")
  }

  @Test
  func `no link is followed where they are not to be`() throws {
    let site = try FileSite()
    try site.write("page", "x")
    symlink("page", site.path("link"))
    let daemon = try site.daemon(feed: "follow_links: never")
    try daemon.awaitPages()
    let client = try daemon.connect()
    #expect(try client.page("page") == "x")
    #expect(try client.page("link") == nil)
  }

  @Test
  func `a root that is a link is followed when it leads elsewhere`() throws {
    let site = try FileSite()
    rmdir(site.root)
    for (name, text) in [("one", "1"), ("two", "2")] {
      mkdir("\(site.folder)/\(name)", 0o755)
      try site.write(in: "\(site.folder)/\(name)/page", text)
    }
    symlink("one", site.root)
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let client = try daemon.connect()
    #expect(try client.page("page") == "1")
    symlink("two", "\(site.folder)/next")
    rename("\(site.folder)/next", site.root)
    try client.await("page", "2")
  }
}
