import HearthConfig
import Testing

@testable import HearthFeed

struct FileKeysTests {
  private func key(_ template: String, _ path: String, foreign: [String] = []) throws -> String {
    let keys = FileKeys(try KeyTemplate(template), foreignPrefixes: foreign)
    switch keys.key(of: Array(path.utf8)) {
    case .success(let key): return String(decoding: key, as: UTF8.self)
    case .failure(let problem): return problem.name
    }
  }

  @Test
  func `a key is made of the path, the name and the extension`() throws {
    #expect(try key("page:/{path}", "a/b.html") == "page:/a/b.html")
    #expect(try key("{extension}:{name}", "a.d/archive.tar.gz") == "gz:archive.tar")
    #expect(try key("{name}.{extension}", "a.d/README") == "README.")
    #expect(try key("{{{path}}}", "a") == "{a}")
  }

  @Test
  func `blanks, control characters and percent signs are written as nginx sends them`() throws {
    #expect(try key("p:{path}", "a b\t\n%\u{1f}\u{7f}\u{e9}") == "p:a%20b%09%0A%25%1F\u{7f}\u{e9}")
    let keys = FileKeys(try KeyTemplate("{path}"), foreignPrefixes: [])
    #expect(try keys.key(of: [0xff, 0x20, 0x80]).get() == [0xff] + Array("%20".utf8) + [0x80])
  }

  @Test
  func `a path may give no key`() throws {
    #expect(try key("{extension}", "README") == "empty_key")
    #expect(
      try key("p:{path}", String(repeating: "n", count: 248)) == "p:" + String(repeating: "n", count: 248))
    #expect(try key("p:{path}", String(repeating: "n", count: 249)) == "key_too_long")
    #expect(try key("p:{path}", String(repeating: " ", count: 83)) == "key_too_long")
    #expect(try key("p:{path}", "other/x", foreign: ["p:other/"]) == "key_of_another_pool")
  }

  @Test
  func `clients may not change any key that a file can have`() throws {
    let template = try KeyTemplate("{name}.{extension}:x")
    for (path, fits) in [("a/README", true), ("b.c", true), (".", true)] {
      let key = try FileKeys(template, foreignPrefixes: []).key(of: Array(path.utf8)).get()
      #expect(key.withUnsafeBytes { KeyShape(template).matches($0) } == fits, "\(path)")
    }
    #expect(!Array("README:x".utf8).withUnsafeBytes { KeyShape(template).matches($0) })
  }

  @Test
  func `of files with one key the first by path has it, whatever came first in time`() {
    let (a, b, c) = (Array("a/x".utf8), Array("b/x".utf8), Array("c/x".utf8))
    let key = Array("x".utf8)
    var owners = KeyOwners(isNeeded: true)
    #expect(owners.claim(key, by: b) == (true, nil))
    #expect(owners.claim(key, by: c) == (false, nil))
    #expect(owners.claim(key, by: a) == (true, b))
    #expect(owners.claim(key, by: a) == (true, nil))
    #expect(owners.release(key, by: c) == nil)
    #expect(owners.release(key, by: a) == b)
    #expect(owners.release(key, by: b) == nil)
  }

  @Test
  func `hidden names and what editors leave are left out`() {
    for name in [".git", ".env", ".page.swp", "page~", "#page#", "..data"] {
      #expect(NameRule.isLeftOut(Array(name.utf8)), "\(name)")
    }
    for name in ["page", ".well-known", "a.b", "#1", "~page", "page.tmp"] {
      #expect(!NameRule.isLeftOut(Array(name.utf8)), "\(name)")
    }
  }
}
