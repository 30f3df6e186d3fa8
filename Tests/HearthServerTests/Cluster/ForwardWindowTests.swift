import Testing

@testable import HearthServer

/// How many values are asked for at once.
@Suite("windows of values from other nodes")
struct ForwardWindowTests {
  @Test func `it goes by the size of the last values`() {
    var window = ForwardWindow()
    #expect(window.values == 8)
    for _ in 0..<40 { window.learn(100) }
    #expect(window.values > 5000)
    // A few large ones are enough.
    for _ in 0..<3 { window.learn(1 << 20) }
    #expect(window.values == 2)
    for _ in 0..<10 { window.learn(100 << 20) }
    #expect(window.values == 2)
    for _ in 0..<100 { window.learn(0) }
    #expect(window.values == 8192)
  }
}
