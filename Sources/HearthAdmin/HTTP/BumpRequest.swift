import HearthJSON
import HearthProtocol

/// The body of `POST /v1/bump`: `{"group":"user:42"}`, or `{"group_base64":"dXNlcjo0Mg=="}` for a name that is no text.
struct BumpRequest: Equatable {
  /// 1 to 250 bytes, as long as a key may be.
  let group: [UInt8]
  /// The name came as base64.
  let isBase64: Bool

  /// What is wrong with a body, and the remedy, in one line.
  struct Problem: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  private static let example =
    #"send {"group":"user:42"}, or {"group_base64":"dXNlcjo0Mg=="} for other bytes"#

  init(_ body: [UInt8]) throws(Problem) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(body)
    } catch {
      throw Problem(description: "the body is not JSON, \(error.description); \(Self.example)")
    }
    guard case .object(let members) = json, members.list.count == 1, let member = members.list.first,
      ["group", "group_base64"].contains(member.name)
    else {
      throw Problem(description: "the body must be an object with one member; \(Self.example)")
    }
    guard let text = member.value.text else {
      throw Problem(description: "\(member.name) must be a text; \(Self.example)")
    }
    isBase64 = member.name == "group_base64"
    group = isBase64 ? try Self.decoded(text) : Array(text.utf8)
    guard 1...250 ~= group.count else {
      throw Problem(description: "the group's name has \(group.count) bytes; give 1 to 250")
    }
  }

  /// The group as it was given, for the answer.
  var member: (String, JSONValue) {
    isBase64
      ? ("group_base64", .string(Self.encoded(group)))
      : ("group", .string(String(decoding: group, as: UTF8.self)))
  }

  /// Unlike the meta commands' decoder, which passes over what it does not know, this takes nothing but the text that
  /// the bytes would be written as.
  private static func decoded(_ text: String) throws(Problem) -> [UInt8] {
    let source = Array(text.utf8)
    var bytes = [UInt8](repeating: 0, count: source.count)
    let count = source.withUnsafeBytes { from in
      bytes.withUnsafeMutableBytes { to in to.baseAddress.map { Base64.decode(from, $0) } ?? 0 }
    }
    bytes.removeLast(bytes.count - count)
    guard encoded(bytes) == text else {
      throw Problem(description: "group_base64 is not base64; write it with padding, as in dXNlcjo0Mg==")
    }
    return bytes
  }

  private static func encoded(_ bytes: [UInt8]) -> String {
    let count = Base64.encodedLength(bytes.count)
    return bytes.withUnsafeBytes { source in
      String(unsafeUninitializedCapacity: count) { out in
        if let start = out.baseAddress { _ = Base64.encode(source, start) }
        return count
      }
    }
  }
}
