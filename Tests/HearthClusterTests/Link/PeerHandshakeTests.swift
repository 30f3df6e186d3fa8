import HearthCluster
import Testing

@Suite struct PeerHandshakeTests {
  private let secret = Array("a secret".utf8)

  /// Runs a handshake from b to a; the refusal of whoever refuses.
  private func run(
    _ from: PeerHandshake, _ to: PeerHandshake, expecting name: String = "a",
    _ spoil: (inout [UInt8], Int) -> Void = { _, _ in }
  ) -> String? {
    do throws(PeerHandshake.Refusal) {
      var hello = from.hello
      spoil(&hello, 0)
      let greeting = try read(hello) { (bytes) throws(PeerHandshake.Refusal) in try to.greeting(bytes) }
      var challenge = try to.challenge(greeting)
      spoil(&challenge, 1)
      var answer = try read(challenge) { (bytes) throws(PeerHandshake.Refusal) in
        try from.answer(bytes, from: name)
      }
      spoil(&answer, 2)
      try read(answer) { (bytes) throws(PeerHandshake.Refusal) in try to.check(bytes, greeting) }
      return nil
    } catch {
      return error.description
    }
  }

  private func read<R>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(PeerHandshake.Refusal) -> R
  ) throws(PeerHandshake.Refusal) -> R {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(copy))
  }

  private func side(_ name: String, map: UInt64 = 7, secret: String = "a secret") -> PeerHandshake {
    PeerHandshake(name: name, map: map, secret: Array(secret.utf8))
  }

  @Test func `two nodes with one secret and one map know each other`() {
    #expect(run(side("b"), side("a")) == nil)
    #expect(run(side("b", secret: ""), side("a", secret: "")) == nil)
  }

  @Test func `another secret, map, name or version is refused`() {
    #expect(run(side("b", secret: "x"), side("a")) == "it has another secret")
    #expect(run(side("b", map: 8), side("a"))?.contains("not the same as here") == true)
    #expect(run(side("b"), side("c")) == "it is node c")
    #expect(
      run(side("b"), side("a")) { bytes, step in if step == 0 { bytes[4] += 1 } }?.contains("version") == true
    )
  }

  @Test func `whatever is changed on the way is refused`() {
    for step in 0..<3 {
      let length = [33, 49, 32][step]
      for at in 0..<length {
        let refusal = run(side("b"), side("a")) { bytes, now in
          if now == step { bytes[at % bytes.count] ^= 0x40 }
        }
        #expect(refusal != nil, "step \(step), byte \(at)")
      }
      #expect(
        run(side("b"), side("a")) { bytes, now in if now == step { bytes.removeLast(bytes.count) } } != nil)
    }
  }

  @Test func `an old answer is worth nothing`() {
    let (from, to) = (side("b"), side("a"))
    var old: [UInt8] = []
    #expect(run(from, to) { bytes, step in if step == 2 { old = bytes } } == nil)
    #expect(
      run(side("b"), side("a")) { bytes, step in if step == 2 { bytes = old } } == "it has another secret")
  }
}
