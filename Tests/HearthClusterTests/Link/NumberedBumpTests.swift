import Testing

@testable import HearthCluster

@Suite struct NumberedBumpTests {
  @Test func `bumps and their answers come out as they went in, and nothing shorter does`() {
    let bumps = [
      NumberedBump(pool: 0, group: 0, clock: 1), NumberedBump(pool: 255, group: .max, clock: 1 << 60),
      NumberedBump(pool: 3, group: nil, clock: 7),
    ]
    var bytes: [UInt8] = []
    for bump in bumps { bump.encode(into: &bytes) }
    for count in 0...bytes.count {
      let read = bytes.prefix(count).withUnsafeBytes { NumberedBump.decode($0) }
      #expect(read == (count % NumberedBump.size == 0 ? Array(bumps.prefix(count / NumberedBump.size)) : nil))
    }
    for outcome in [BumpAnswer.Outcome.applied, .notNow, .behind] {
      let answer = BumpAnswer(outcome, clocks: [0: 5, 9: .max])
      #expect(answer.bytes.withUnsafeBytes { BumpAnswer($0) } == answer)
      for count in [0, 7, 9, 16, 39] {
        #expect(answer.bytes.prefix(count).withUnsafeBytes { BumpAnswer($0) } == nil)
      }
    }
    let error = Array("SERVER_ERROR the copies could not be written in time\r\n".utf8)
    #expect(error.withUnsafeBytes { BumpAnswer($0) } == nil)
  }
}
