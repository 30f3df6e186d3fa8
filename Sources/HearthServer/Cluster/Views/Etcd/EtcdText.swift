import HearthCluster
import HearthJSON
import HearthProtocol

/// What is said to etcd's JSON gateway (its `rpc.proto` as JSON: bytes are base64, 64-bit numbers are texts), and what its answers
/// mean. Pure.
enum EtcdText {
  /// The key with the view, or that there is none.
  struct Entry {
    /// Nil: there is no view.
    var view: View?
    /// The revision of the last change of the key, 0 if it is not there.
    var revision: UInt64 = 0
  }

  /// The key's value is not a view.
  struct Foreign: Error {}

  // MARK: requests

  static func login(_ user: String, _ password: String) -> JSONValue {
    .object([("name", .string(user)), ("password", .string(password))])
  }

  static func read(_ key: String) -> JSONValue { .object([("key", bytes(key))]) }

  /// Puts the view if the key's last change is the one of this revision, else tells what is there.
  static func exchange(_ key: String, _ view: View, ifAt revision: UInt64) -> JSONValue {
    var value: [UInt8] = []
    view.encode(into: &value)
    let condition = JSONValue.object([
      ("key", bytes(key)), ("target", .string("MOD")), ("result", .string("EQUAL")),
      ("mod_revision", .string(String(revision))),
    ])
    let put = JSONValue.object([("key", bytes(key)), ("value", .string(base64(value)))])
    return .object([
      ("compare", .array([condition])), ("success", .array([.object([("request_put", put)])])),
      ("failure", .array([.object([("request_range", read(key))])])),
    ])
  }

  static func watch(_ key: String, after revision: UInt64) -> JSONValue {
    .object([
      (
        "create_request",
        .object([("key", bytes(key)), ("start_revision", .string(String(revision + 1)))])
      )
    ])
  }

  // MARK: answers

  /// The revision of etcd as a whole when it answered.
  static func revision(_ answer: JSONValue) -> UInt64? { number(answer["header"]?["revision"]) }

  /// What a read has found.
  static func entry(_ answer: JSONValue) throws(Foreign) -> Entry {
    guard let found = answer["kvs"]?.items?.first else { return Entry() }
    return try entry(found: found)
  }

  /// What is there instead, after an exchange that found another revision; nil: it was carried out.
  static func obstacle(_ answer: JSONValue) throws(Foreign) -> Entry? {
    if answer["succeeded"] == .boolean(true) { return nil }
    guard let range = answer["responses"]?.items?.first?["response_range"] else { throw Foreign() }
    return try entry(range)
  }

  /// One change that a watch tells, and its revision.
  static func change(_ event: JSONValue) throws(Foreign) -> (Entry, UInt64) {
    guard let found = event["kv"], let revision = number(found["mod_revision"]) else { throw Foreign() }
    return (event["type"]?.text == "DELETE" ? Entry() : try entry(found: found), revision)
  }

  private static func entry(found: JSONValue) throws(Foreign) -> Entry {
    guard let revision = number(found["mod_revision"]), let text = found["value"]?.text else {
      throw Foreign()
    }
    let source = Array(text.utf8)
    var bytes = [UInt8](repeating: 0, count: source.count)
    let count = source.withUnsafeBytes { from in
      bytes.withUnsafeMutableBytes { to in to.baseAddress.map { Base64.decode(from, $0) } ?? 0 }
    }
    let view = bytes.withUnsafeBytes { View(decoding: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    guard let view, view.number > 0 else { throw Foreign() }
    return Entry(view: view, revision: revision)
  }

  private static func number(_ value: JSONValue?) -> UInt64? { value?.text.flatMap { UInt64($0) } }

  private static func bytes(_ text: String) -> JSONValue { .string(base64(Array(text.utf8))) }

  private static func base64(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { source in
      String(unsafeUninitializedCapacity: Base64.encodedLength(source.count)) { out in
        if let start = out.baseAddress { _ = Base64.encode(source, start) }
        return Base64.encodedLength(source.count)
      }
    }
  }
}
