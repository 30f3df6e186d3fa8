import COpenSSL

/// How two nodes make sure of each other before anything else: each proves that it knows the secret for the other's random number
/// (HMAC-SHA-256), and both that they have the same idea of the cluster. Pure: bytes in, bytes out.
///
/// ```
/// connecting                      listening
/// hello(name, number, map) -->
///                          <-- challenge(name, number, proof)
/// proof(proof)             -->
///                          <-- welcome
/// ```
public struct PeerHandshake: Sendable {
  /// Version of the frames and their meaning; both must have the same.
  public static let version: UInt8 = 3
  /// Bytes of a random number and of a proof.
  static let numberSize = 16
  static let proofSize = 32

  /// This node.
  public let name: String
  /// What both must agree about: another one for each map of nodes and pools.
  public let map: UInt64
  private let secret: [UInt8]
  private let number: [UInt8]

  /// One side of a handshake, with a random number of its own.
  public init(
    name: String, map: UInt64, secret: [UInt8],
    number: [UInt8] = (0..<16).map { _ in UInt8.random(in: 0...255) }
  ) {
    precondition(number.count == Self.numberSize)
    self.name = name
    self.map = map
    self.secret = secret
    self.number = number
  }

  /// Why it came to nothing, one line.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// A greeting: who, with which number, and what he takes the cluster for.
  public struct Greeting: Sendable, Equatable {
    /// The node.
    public let name: String
    let number: [UInt8]
    let map: UInt64
  }

  /// What the connecting side sends first.
  public var hello: [UInt8] {
    var bytes: [UInt8] = Array("HRTH".utf8) + [Self.version]
    withUnsafeBytes(of: map.littleEndian) { bytes += $0 }
    return bytes + number + Array(name.utf8)
  }

  /// Reads the payload of a hello.
  public func greeting(_ hello: UnsafeRawBufferPointer) throws(Refusal) -> Greeting {
    let head = 4 + 1 + 8 + Self.numberSize
    guard hello.count > head, hello.count <= head + 64, hello.prefix(4).elementsEqual("HRTH".utf8) else {
      throw Refusal("it does not speak the language of nodes")
    }
    guard hello[4] == Self.version else {
      throw Refusal("it has another version of hearthd: update both")
    }
    let map = UInt64(littleEndian: hello.loadUnaligned(fromByteOffset: 5, as: UInt64.self))
    let name = String(decoding: hello[head...], as: UTF8.self)
    return Greeting(name: name, number: Array(hello[13..<head]), map: map)
  }

  /// What the listening side answers.
  public func challenge(_ greeting: Greeting) throws(Refusal) -> [UInt8] {
    guard greeting.map == map else {
      throw Refusal("its nodes, pools or prefixes are not the same as here: give both the same file")
    }
    return number + proof("listening", greeting.number, number, greeting.name, name) + Array(name.utf8)
  }

  /// Checks the challenge of the node that should have this name, and answers it.
  public func answer(_ challenge: UnsafeRawBufferPointer, from expected: String) throws(Refusal) -> [UInt8] {
    let head = Self.numberSize + Self.proofSize
    guard challenge.count > head else { throw Refusal("it does not speak the language of nodes") }
    let other = Array(challenge[..<Self.numberSize])
    let name = String(decoding: challenge[head...], as: UTF8.self)
    guard name == expected else { throw Refusal("it is node \(name)") }
    guard isEqual(challenge[Self.numberSize..<head], proof("listening", number, other, self.name, name))
    else {
      throw Refusal("it has another secret")
    }
    return proof("connecting", number, other, self.name, name)
  }

  /// Checks the proof of the side that has connected.
  public func check(_ answer: UnsafeRawBufferPointer, _ greeting: Greeting) throws(Refusal) {
    let expected = proof("connecting", greeting.number, number, greeting.name, name)
    guard isEqual(answer[...], expected) else { throw Refusal("it has another secret") }
  }

  private func proof(
    _ role: String, _ connecting: [UInt8], _ listening: [UInt8], _ from: String, _ to: String
  ) -> [UInt8] {
    let text = Array("\(role)\n\(from)\n\(to)\n".utf8) + connecting + listening
    var digest = [UInt8](repeating: 0, count: Self.proofSize)
    var length = UInt32(Self.proofSize)
    // An empty key is a key too, but not an empty pointer.
    let key = secret.isEmpty ? [0] : secret
    _ = HMAC(EVP_sha256(), key, Int32(secret.count), text, text.count, &digest, &length)
    return digest
  }

  /// In a time that does not tell where they differ.
  private func isEqual(_ a: Slice<UnsafeRawBufferPointer>, _ b: [UInt8]) -> Bool {
    a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
