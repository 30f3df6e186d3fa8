import HearthConfig
import Testing

@testable import HearthFeed

struct KeyShapeTests {
  private static let columns = [
    Column(name: "id", kind: .integer), Column(name: "name", kind: .text), Column(name: "uuid", kind: .uuid),
    Column(name: "price", kind: .decimal),
  ]

  private func shape(_ text: String) throws -> KeyShape {
    KeyShape(try KeyTemplate(text), columns: Self.columns)
  }

  private func columns(_ template: String, _ key: String) throws -> [String]? {
    try Array(key.utf8).withUnsafeBytes { try shape(template).columns(of: $0) }?
      .map { String(decoding: $0, as: UTF8.self) }
  }

  static let cases: [(template: String, key: String, columns: [String]?)] = [
    ("user:{id}", "user:5", ["5"]), ("user:{id}", "user:-5", ["-5"]), ("user:{id}", "user:", nil),
    ("user:{id}", "user:name:ada", nil), ("user:{id}", "user:5:count", nil), ("user:{id}", "users:5", nil),
    ("{id}:{name}", "5:a:b", ["5", "a:b"]), ("n:{name}:{id}", "n:a:1:2", ["a:1", "2"]),
    ("n:{name}:{id}", "n::7", ["", "7"]), ("{name}-{name}", "a-b-a-b", ["a-b"]),
    ("{name}-{name}", "a-b", nil),
    ("p{price}", "p-1.50", ["-1.50"]), ("p{price}", "p1,5", nil), ("plain", "plain", []),
    ("plain", "plain5", nil),
    ("u:{uuid}", "u:00112233-4455-6677-8899-aabbccddeeff", ["00112233-4455-6677-8899-aabbccddeeff"]),
    ("u:{uuid}", "u:list", nil), ("x{unknown}", "x1", ["1"]), ("x{unknown}", "x", [""]),
  ]

  @Test(arguments: cases)
  func `a key tells its columns where the template and their kinds allow it`(
    template: String, key: String, expected: [String]?
  ) throws {
    #expect(try columns(template, key) == expected, "\(template) \(key)")
  }

  @Test
  func `a key that is made to be hard to divide takes bounded time`() throws {
    let hard = String(repeating: "x", count: 250)
    #expect(try columns("{name}x{a}x{b}x{c}x{d}x{e}y", hard) == nil)
  }

  @Test
  func `a filter knows every key it was given and no other, however many there are`() {
    let filter = KeyFilter(keys: 10, seed: 1)
    func bytes(_ i: Int) -> [UInt8] { Array("user:\(i)".utf8) }
    for i in 0..<50_000 { bytes(i).withUnsafeBytes { filter.insert($0) } }
    for i in 0..<50_000 { #expect(bytes(i).withUnsafeBytes { filter.contains($0) }) }
    #expect((50_000..<150_000).filter { bytes($0).withUnsafeBytes(filter.contains) }.isEmpty)
  }
}
