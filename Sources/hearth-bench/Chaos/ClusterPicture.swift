import Glibc
import HearthJSON

/// The cluster as one node tells it over its admin interface.
struct ClusterPicture {
  let view: UInt64
  /// The active of the pair.
  let active: String
  /// By name.
  let states: [String: String]
  let epochs: [String: UInt64]
  let protected: [String: Bool]

  /// Asks a node; nil when there is no whole answer within a second.
  init?(asking socket: String) {
    guard let socket = try? Socket(connectedTo: .unix(path: socket)) else { return nil }
    socket.setTimeout(seconds: 1)
    let request = Array("GET /v1/cluster HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    guard (try? socket.sendAll(request, request.count)) != nil else { return nil }
    while let count = try? socket.receive(&chunk, chunk.count) { bytes += chunk[..<count] }
    guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")),
      let end = bytes.lastIndex(of: UInt8(ascii: "}")),
      let answer = try? JSONParser.parse(Array(bytes[brace...end]))
    else { return nil }
    self.init(answer)
  }

  private init?(_ answer: JSONValue) {
    guard let view = answer["view"]?.unsigned, let nodes = answer["nodes"]?.items else { return nil }
    self.view = view
    active = answer["pairs"]?.items?.first?["active"]?.text ?? ""
    var states: [String: String] = [:]
    var epochs: [String: UInt64] = [:]
    var protected: [String: Bool] = [:]
    for node in nodes {
      guard let name = node["name"]?.text else { continue }
      states[name] = node["state"]?.text
      epochs[name] = node["epoch"]?.unsigned
      protected[name] = node["protected"] == .boolean(true)
    }
    self.states = states
    self.epochs = epochs
    self.protected = protected
  }
}
