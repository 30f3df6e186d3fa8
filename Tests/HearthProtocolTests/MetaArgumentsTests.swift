import HearthProtocol
import Testing

@Suite("Meta flags of a request")
struct MetaArgumentsTests {
  private func parse<Result>(
    _ line: String, _ body: (Request, UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let bytes = Array(line.utf8)
    return bytes.withUnsafeBytes { input in
      var parser = RequestParser()
      var request = Request()
      #expect(parser.next(input, at: 0, inlineLimit: 100, &request) == .request(input.count))
      #expect(request.verb != .protocolError, "\(request.error)")
      return body(request, input)
    }
  }

  @Test("without flags every argument has its default")
  func defaults() {
    parse("ms a 1\r\nx\r\n") { request, input in
      let arguments = MetaArguments(request, in: input)
      #expect(arguments.mode == .set)
      #expect(arguments.delta == 1)
      #expect(arguments.ttl == 0 && arguments.vivifyTTL == 0 && arguments.recacheTTL == 0)
      #expect(arguments.compareCAS == 0 && arguments.explicitCAS == 0)
      #expect(arguments.initial == 0 && arguments.clientFlags == 0)
      #expect(!request.has(MetaFlag.withArgument))
    }
    parse("ma a\r\n") { request, input in
      #expect(MetaArguments(request, in: input).mode == .increment)
    }
  }

  @Test("every argument is read")
  func all() {
    parse("ma a q N30 D18446744073709551615 J7 T-1 R5 C18 E19 F4294967295 MD v\r\n") { request, input in
      let arguments = MetaArguments(request, in: input)
      #expect(arguments.mode == .decrement)
      #expect(arguments.delta == .max)
      #expect(arguments.initial == 7)
      #expect(arguments.ttl == -1)
      #expect(arguments.vivifyTTL == 30)
      #expect(arguments.recacheTTL == 5)
      #expect(arguments.compareCAS == 18)
      #expect(arguments.explicitCAS == 19)
      #expect(arguments.clientFlags == .max)
      #expect(request.has(MetaFlag.quiet) && request.has(MetaFlag.value))
      #expect(!request.has(MetaFlag.base64Key | MetaFlag.returnKey))
    }
  }

  @Test(
    "modes",
    arguments: [
      ("ms a 1 ME\r\nx\r\n", MetaMode.add), ("ms a 1 MA\r\nx\r\n", .append), ("ms a 1 MP\r\nx\r\n", .prepend),
      ("ms a 1 MR\r\nx\r\n", .replace), ("ms a 1 MSet\r\nx\r\n", .set), ("ma a MI\r\n", .increment),
      ("ma a M+\r\n", .increment), ("ma a MDecr\r\n", .decrement), ("ma a M-\r\n", .decrement),
    ])
  func modes(_ line: String, _ mode: MetaMode) {
    parse(line) { request, input in
      #expect(MetaArguments(request, in: input).mode == mode)
    }
  }

  @Test("each letter sets its own bit", arguments: Array("bcfhklqstuvxILOP"))
  func bits(_ letter: Character) {
    let bit = MetaFlag.bit(letter.asciiValue!)
    #expect(bit.nonzeroBitCount == 1)
    #expect(MetaFlag.known & bit == bit)
    parse("mg abcd \(letter)\r\n") { request, _ in
      #expect(request.metaFlags == bit)
    }
    #expect(MetaFlag.known.nonzeroBitCount == 25)
  }

  @Test("the reply's items come in the order asked")
  func order() {
    parse("mg a v t s O123 l k h f c T5 N6 R7 q\r\n") { request, input in
      var order = request.replyOrder
      var items: [MetaReplyItem] = []
      while let item = order.next() { items.append(item) }
      #expect(
        items == [.ttl, .size, .opaque, .lastAccess, .key, .hit, .flags, .cas, .setTTL, .vivify, .recache])
      #expect(order.isEmpty)
      #expect(String(decoding: request.opaque.bytes(in: input), as: UTF8.self) == "O123")
    }
  }

  @Test("the flags can be walked")
  func iterator() {
    parse("mg a v  T60 Oab\r\n") { request, input in
      var flags = MetaFlagIterator(request, in: input)
      var seen: [String] = []
      while let flag = flags.next() {
        let argument = String(decoding: flag.argument.bytes(in: input), as: UTF8.self)
        seen.append("\(Character(UnicodeScalar(flag.letter)))=\(argument)")
      }
      #expect(seen == ["v=", "T=60", "O=ab"])
    }
  }
}
