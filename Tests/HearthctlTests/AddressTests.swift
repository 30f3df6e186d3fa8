import Testing

@testable import hearthctl

/// What `--address` and HEARTH_ADMIN mean.
@Suite struct AddressTests {
  @Test(arguments: [
    ("11280", AdminAddress.tcp(host: "127.0.0.1", port: 11280)), ("127.0.0.1", .preset),
    ("5", .tcp(host: "127.0.0.1", port: 5)),
    ("127.0.0.1:5", .tcp(host: "127.0.0.1", port: 5)), ("localhost", .tcp(host: "localhost", port: 11280)),
    ("[::1]:5", .tcp(host: "::1", port: 5)), ("[::1]", .tcp(host: "::1", port: 11280)),
    ("::1", .tcp(host: "::1", port: 11280)), ("/run/a.sock", .unix(path: "/run/a.sock")),
  ])
  func good(text: String, address: AdminAddress) { #expect(AdminAddress(text) == address) }

  @Test(arguments: [
    "", " ", "0", "65536", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", ":5", "[::1",
    "[::1]5",
    "[localhost]:5", "a b", "a/b", "http://localhost", "host\u{1}", "a.sock/b",
  ])
  func bad(text: String) { #expect(AdminAddress(text) == nil) }

  @Test func hostHeaders() {
    #expect(AdminAddress.tcp(host: "::1", port: 5).hostHeader == "[::1]:5")
    #expect(AdminAddress.preset.hostHeader == "127.0.0.1:11280")
    #expect(AdminAddress.unix(path: "/x").hostHeader == "localhost")
  }
}
