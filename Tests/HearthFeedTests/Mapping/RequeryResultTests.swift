import HearthConfig
import HearthFeed
import Testing

/// What a requery's rows become.
struct RequeryResultTests {
  private func requery(_ value: RequeryConfiguration.Value) throws -> RequeryConfiguration {
    var requery = RequeryConfiguration(key: try KeyTemplate("l"), statement: try QueryTemplate("select 1"))
    requery.value = value
    return requery
  }

  @Test
  func `a list is an array of objects`() throws {
    var result = try RequeryResult(try requery(.list), columns: columns("id:integer name:text"), limit: 1000)
    var buffer = RenderBuffer()
    result.begin(&buffer)
    #expect(result.end(&buffer) == .value)
    #expect(buffer.bytes.elementsEqual("[]".utf8))
    buffer.removeAll()
    result.begin(&buffer)
    let first = result.add(row(1, "a"), to: &buffer)
    let second = result.add(row(2, nil), to: &buffer)
    #expect(first && second)
    #expect(result.end(&buffer) == .value)
    #expect(buffer.bytes.elementsEqual(#"[{"id":1,"name":"a"},{"id":2,"name":null}]"#.utf8))
  }

  @Test
  func `a list that no item can hold is none`() throws {
    let text = #"[{"id":1},{"id":2}]"#
    for limit in [0, 1, 2, 9, 10, 17, 18, 19, 20] {
      var result = try RequeryResult(try requery(.list), columns: columns("id:integer"), limit: limit)
      var buffer = RenderBuffer()
      buffer.append("before")
      result.begin(&buffer)
      _ = result.add(row(1), to: &buffer)
      _ = result.add(row(2), to: &buffer)
      let outcome = result.end(&buffer)
      #expect(outcome == (limit >= text.utf8.count ? .value : .tooLarge))
      #expect(buffer.bytes.elementsEqual((limit >= text.utf8.count ? "before" + text : "before").utf8))
    }
  }

  @Test
  func `a single value is the bytes of the first row`() throws {
    var result = try RequeryResult(try requery(.single), columns: columns("n:integer"), limit: 3)
    var buffer = RenderBuffer()
    result.begin(&buffer)
    #expect(result.end(&buffer) == .nothing)
    result.begin(&buffer)
    var goesOn = result.add(row(nil), to: &buffer)
    #expect(!goesOn)
    #expect(result.end(&buffer) == .nothing)
    result.begin(&buffer)
    goesOn = result.add(row(42), to: &buffer)
    _ = result.add(row(43), to: &buffer)
    #expect(!goesOn)
    #expect(result.end(&buffer) == .value)
    #expect(buffer.bytes.elementsEqual("42".utf8))
    buffer.removeAll()
    result.begin(&buffer)
    _ = result.add(row(1234), to: &buffer)
    #expect(result.end(&buffer) == .tooLarge)
    #expect(buffer.count == 0)
  }

  @Test
  func `a single value of two columns is refused`() throws {
    let requery = try requery(.single)
    #expect(throws: MappingError.self) {
      try RequeryResult(requery, columns: columns("a:text b:text"), limit: 9)
    }
  }
}
