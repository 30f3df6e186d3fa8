/// A JSON text as a value (RFC 8259), with what the admin interface needs of it. Written by hand: Foundation
/// stays out of the daemon.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A number as it is written, so that none loses digits.
  case number(String)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Names and values in their order.
  case object(Members)

  /// The members of an object; no name is there twice.
  public struct Members: Sendable, Equatable {
    /// In the order of the text.
    public internal(set) var list: [(name: String, value: JSONValue)]

    /// The same names and values in the same order.
    public static func == (a: Members, b: Members) -> Bool {
      a.list.count == b.list.count
        && zip(a.list, b.list).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
  }

  /// An object of these members, whose names must differ.
  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(Members(list: members.map { (name: $0.0, value: $0.1) }))
  }

  /// A whole number.
  public static func unsigned(_ value: UInt64) -> JSONValue { .number(String(value)) }
}

extension JSONValue {
  /// The value of a member; nil when there is none or this is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.list.first { $0.name == name }?.value
  }

  /// The text of a string, else nil.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// A number without sign, fraction and exponent that fits 64 bits, else nil.
  public var unsigned: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }

  /// The elements of a list, else nil.
  public var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
}
