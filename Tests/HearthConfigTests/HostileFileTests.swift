import Glibc
import Testing

@testable import HearthConfig

/// Files that are no configuration at all cost little time and get one line too.
@Suite struct HostileFileTests {
  @Test func missing() {
    #expect(
      refusal(["--config", "/nonexistent/f.yaml"])
        == "/nonexistent/f.yaml: cannot be read, No such file or directory; check the path")
  }

  @Test func directory() {
    #expect(refusal(["--config", "/tmp"]) == "/tmp: it is a directory; name the file in it")
  }

  @Test func pipe() {
    let path = "/tmp/hearth-config-pipe-\(getpid())"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    #expect(refusal(["--config", path]) == "\(path): it is not a regular file; copy it to one")
  }

  @Test func endlessDevice() {
    #expect(
      refusal(["--config", "/dev/zero"])
        == "/dev/zero: it is larger than 1 MiB; this is not a hearthd configuration")
  }

  @Test func tenMegabytes() {
    let file = TemporaryFile(String(repeating: "# comment\n", count: 1 << 20))
    #expect(
      refusal(["--config", file.path])
        == "\(file.path): it is larger than 1 MiB; this is not a hearthd configuration")
  }

  @Test func binary() {
    #expect(
      refusal(file: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        == "f.yaml:1: a control character (byte 127) is in the file; save it as UTF-8 text")
    #expect(
      refusal(file: Array("a: 1\nb: \0".utf8))
        == "f.yaml:2: a control character (byte 0) is in the file; save it as UTF-8 text")
  }

  @Test func notUTF8() {
    #expect(
      refusal(file: Array("threads: 4\n# caf".utf8) + [0xe9, 0x0a])
        == "f.yaml:2: the file is not UTF-8; save it as UTF-8 text")
    // A replacement character that is really there does not mislead the search.
    #expect(
      refusal(file: Array("# \u{fffd}\nthreads: 4\n# caf".utf8) + [0xe9, 0x0a])
        == "f.yaml:3: the file is not UTF-8; save it as UTF-8 text")
  }

  @Test func anchorBomb() {
    var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for (from, to) in zip("abcdefgh", "bcdefghi") {
      text += "\(to): &\(to) [" + (0..<9).map { _ in "*\(from)" }.joined(separator: ", ") + "]\n"
    }
    let line =
      "f.yaml:1: anchors are not read here; write the value out in each place, and put a blank after an & in text"
    #expect(refusal(file: text) == line)
    #expect(refusal(file: "threads:\n  &a 4")?.hasPrefix("f.yaml:2: anchors") == true)
    #expect(refusal(file: "threads: !!int &a 4")?.hasPrefix("f.yaml:1: anchors") == true)
    #expect(refusal(file: "[a,&b c]")?.hasPrefix("f.yaml:1: anchors") == true)
    // U+2028 ends a line for libyaml.
    #expect(refusal(file: "threads: 4\u{2028}&a backlog: 5")?.hasPrefix("f.yaml:1: anchors") == true)
  }

  @Test func ampersandInText() throws {
    let configuration = try read("# R&D & more\npools: [{name: a, prefix: 'a&b', memory: 8m}]")
    #expect(configuration.pools[1].prefix == "a&b")
  }

  @Test(arguments: ["[", "- ", "? ", "{a: "])
  func deepNesting(opening: String) {
    let line = refusal(file: String(repeating: opening, count: 100_000))
    #expect(line == "f.yaml:1: it is nested too deeply; a configuration has nine levels")
  }

  @Test func directives() {
    let line = "directives are not read here; remove the line that begins with %"
    let many = (0..<60_000).map { "%TAG !a\($0)! b\n" }.joined()
    #expect(refusal(file: many) == "f.yaml:1: \(line)")
    #expect(refusal(file: "# x\n%YAML 1.1\n---\nthreads: 4") == "f.yaml:2: \(line)")
    #expect(refusal(file: "pools: [{name: a, prefix: '5%', memory: 8m}]") == nil)
  }

  @Test func deepButBalanced() {
    let line = refusal(file: String(repeating: "[", count: 900) + String(repeating: "]", count: 900))
    #expect(line == "f.yaml:1: it must be a mapping; write KEY: VALUE lines here")
  }

  @Test func tooManyValues() {
    let line = refusal(file: "pools: [" + String(repeating: "a,", count: 400_000) + "]")
    #expect(line == "f.yaml: it has more than 50000 values; this is not a hearthd configuration")
  }

  @Test func everyRefusalIsOneLine() {
    for text in [
      "\"a\\r\\nb\": 1", "a:\n\n\n - b\n c", "pools:\n - name: \"a\\u2028b\\u0085\"", "%FOO\n", "!<>",
    ] {
      let line = refusal(file: text)
      #expect(line != nil && line?.contains(where: \.isNewline) == false, "\(text)")
    }
  }
}
