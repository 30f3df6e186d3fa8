import CHearth
import Glibc
import Testing

/// nginx's memcached module reads what a feed of files stores.
@Suite("files through nginx")
struct NginxTests {
  @Test
  func `pages come through nginx byte by byte, and a changed file is a changed page`() throws {
    let site = try FileSite()
    site.mkdirs("a/b")
    let binary = String(decoding: (0..<4096).map { _ in UInt8.random(in: 0..<128) }, as: UTF8.self)
    let pages = [
      "index.html": "<h1>hello</h1>", "a/b/deep.css": "body {}", "with blank.html": "blank",
      "100%.txt": "percent",
      "gr\u{fc}n.html": "green", "binary": binary, "empty": "",
      "large": String(repeating: "0123456789", count: 90_000),
    ]
    for (name, text) in pages { try site.write(name, text) }
    let daemon = try site.daemon()
    try daemon.awaitPages()
    let nginx = try PrivateNginx(cache: daemon.port)
    for (name, text) in pages {
      let answer = try nginx.get("/" + name)
      #expect(answer.status == 200, "\(name)")
      #expect(answer.body == text, "\(name)")
    }
    let missing = try nginx.get("/missing.html")
    #expect(missing.status == 404)
    #expect(missing.body == "no such page")

    try site.publish("index.html", "<h1>changed</h1>")
    try eventually("the changed page comes") { try nginx.get("/index.html").body == "<h1>changed</h1>" }
    unlink(site.path("index.html"))
    try eventually("the removed page is missing") { try nginx.get("/index.html").status == 404 }
    try site.write("fresh.html", "fresh")
    try eventually("the new page comes") { try nginx.get("/fresh.html").body == "fresh" }
  }
}

/// An nginx of its own: no file outside of its folder, a socket instead of a port.
final class PrivateNginx {
  private let folder: TemporaryFolder
  private let process: ChildProcess
  private let socket: String

  /// - Parameter cache: Port of the daemon that has the pages.
  init(cache: UInt16) throws {
    let folder = try TemporaryFolder()
    let socket = folder.file("http")
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(folder.path);" }.joined(separator: "\n  ")
    let file = try folder.write(
      "nginx.conf",
      """
      daemon off;
      master_process off;
      pid \(folder.file("pid"));
      error_log stderr;
      events {}
      http {
        access_log off;
        \(temporary)
        server {
          listen unix:\(socket);
          location / {
            set $memcached_key "page:$uri";
            memcached_pass 127.0.0.1:\(cache);
            default_type text/html;
            error_page 404 502 504 = @missing;
          }
          location @missing { return 404 "no such page"; }
        }
      }
      """)
    let process = try ChildProcess(
      ["/usr/sbin/nginx", "-p", folder.path, "-e", "stderr", "-c", file], errors: folder.file("errors"))
    try eventually("nginx listens; it said: \(folder.read("errors"))") {
      if let ending = process.collect() {
        throw TestFailure("nginx ended, \(ending): \(folder.read("errors"))")
      }
      return (try? Client(path: socket)) != nil
    }
    self.folder = folder
    self.socket = socket
    self.process = process
  }

  deinit {
    process.signal(SIGKILL)
    _ = try? process.wait()
  }

  /// The page of a path, which is sent percent-encoded as browsers do.
  func get(_ path: String) throws -> (status: Int, body: String) {
    let plain = Array("/.-_abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    let encoded = path.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    let client = try Client(path: socket)
    try client.send("GET \(encoded) HTTP/1.0\r\nHost: pages\r\n\r\n")
    let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
    guard let end = answer.utf8.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw TestFailure("nginx answered \(answer.prefix(200))")
    }
    let status = answer.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
    return (status ?? 0, String(decoding: Array(answer.utf8[end.upperBound...]), as: UTF8.self))
  }
}
