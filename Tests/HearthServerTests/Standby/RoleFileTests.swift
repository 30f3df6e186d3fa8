import Glibc
import Testing

@testable import HearthServer

/// The file that keepalived tracks.
@Suite struct RoleFileTests {
  /// A directory that may not be there yet, and what was reported.
  private final class Place {
    let folder = "/tmp/hearth-role-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    var path: String { folder + "/role" }
    var lines: [String] = []

    init(exists: Bool = true) { if exists { mkdir(folder, 0o755) } }

    deinit {
      unlink(path)
      rmdir(folder)
    }

    func make(now: UInt64 = 0) -> RoleFile { RoleFile(path, now: now) { self.lines.append($0) } }

    var text: String? {
      guard let file = fopen(path, "re") else { return nil }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 100)
      bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
      return String(decoding: bytes, as: UTF8.self)
    }

    var inode: UInt64 {
      var info = stat()
      return stat(path, &info) == 0 ? UInt64(info.st_ino) : 0
    }
  }

  @Test func `it says unfit from the start, and each role in place`() {
    let place = Place()
    let file = place.make()
    #expect(place.text == "-254\n")
    let inode = place.inode
    for role in StandbyRole.allCases + StandbyRole.allCases.reversed() {
      file.write(role, now: 1)
      #expect(place.text == "\(role.rawValue)\n" && place.inode == inode)
    }
    #expect(place.lines.isEmpty)
  }

  @Test func `what another process left is replaced, at the start and at the end`() throws {
    let place = Place()
    place.make().write(.promoted, now: 1)
    #expect(place.text == "100\n")
    let file = place.make()
    #expect(place.text == "-254\n")
    _ = try #require(fopen(place.path, "we").map { fputs("50\n", $0) + fclose($0) })
    file.end(now: 2)
    #expect(place.text == "-254\n")
  }

  @Test func `what fails is told once and tried again each second`() {
    let place = Place(exists: false)
    let file = place.make(now: 5000)
    file.write(.standby, now: 5100)
    file.retry(now: 5200)
    #expect(place.lines.count == 1 && place.lines[0].contains("\(place.path): No such file or directory"))
    mkdir(place.folder, 0o755)
    file.retry(now: 6099)
    #expect(place.text == nil)
    file.retry(now: 6100)
    #expect(place.text == "0\n")
    #expect(place.lines.count == 2 && place.lines[1].contains("written again"))
    unlink(place.path)
    file.retry(now: 9000)
    #expect(place.text == nil)
    file.write(.active, now: 9001)
    #expect(place.text == "50\n")
  }

  @Test func `it writes through no link and into nothing but a file`() {
    let place = Place()
    let target = place.folder + "/target"
    defer { unlink(target) }
    fclose(fopen(target, "we"))
    symlink(target, place.path)
    _ = place.make()
    #expect(place.lines.count == 1)
    unlink(place.path)
    mkfifo(place.path, 0o600)
    _ = place.make()
    #expect(place.lines.count == 2)
  }
}
