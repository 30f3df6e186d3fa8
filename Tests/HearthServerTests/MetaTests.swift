import Testing

@Suite struct MetaTests {
  typealias Case = ClassicTests.Case

  static let cases: [Case] = [
    Case("mg a v|mg a v q|mg a k Oabc|", "EN|EN ka Oabc|"),
    Case("set a 7 0 3|abc|mg a v s f t k Oq|", "STORED|VA 3 s3 f7 t-1 ka Oq|abc|"),
    Case("set a 0 0 1|1|mg a h|mg a h l|", "STORED|HD h0|HD h1 l0|"),
    Case("set a 0 0 1|1|mg a h u|mg a h|", "STORED|HD h0|HD h0|"),
    Case("mg a N30 v t|mg a v|mg a N30 t|", "VA 0 t30 W||VA 0 Z||HD t30 Z|"),
    Case("set a 0 100 1|1|mg a R30|mg a R200|mg a R200|", "STORED|HD|HD W|HD Z|"),
    Case("set a 0 0 1|1|mg a T50 t|mg a t|", "STORED|HD t50|HD t50|"),
    Case("set a 0 0 1|1|mg a t T50|", "STORED|HD t-1|"),
    Case("ms a 1 F5 T90 k s Oz|x|mg a f t v|", "HD ka s1 Oz|VA 1 f5 t90|x|"),
    Case("ms a 1 q|x|ms a 1 ME q|y|mg a v|", "NS|VA 1|x|"),
    Case("ms a 1 MR|x|ms a 1 MA|x|ms a 1 MA N0|x|ms a 1 MP|y|mg a v|", "NS|NS|HD|HD|VA 2|yx|"),
    Case("ms a 1 C5|x|", "NF|"),
    Case("ms a 1 E77 c|x|mg a c|ms a 1 C76|y|ms a 1 C77 E80|z|mg a c v|", "HD c77|HD c77|EX|HD|VA 1 c80|z|"),
    Case(
      "ms a 1 E80 T60|x|md a I E90|ms a 1 C85 I|y|mg a v t|mg a v|",
      "HD|HD|HD|VA 1 t60 X W|y|VA 1 Z X|y|"),
    Case("md a|set a 0 0 1|1|md a q|mg a|", "NF|STORED|EN|"),
    Case("set a 0 0 1|1|md a C1 Oq k|md a|", "STORED|EX Oq ka|HD|"),
    Case("set a 0 0 1|1|md a I T30|mg a t v|mg a v|", "STORED|HD|VA 1 t30 X W|1|VA 1 Z X|1|"),
    Case("set a 9 0 1|1|md a x|mg a v f|", "STORED|HD|VA 0 f0||"),
    Case("ma a|ma a N0 J13 v|ma a v D7|ma a MD D30 v|", "NF|VA 2|13|VA 2|20|VA 1|0|"),
    Case("set a 0 0 1|1|ma a q|ma a E50 c t v k|", "STORED|VA 1 c50 t-1 ka|3|"),
    Case("set a 0 0 1|x|ma a|", "STORED|CLIENT_ERROR cannot increment or decrement non-numeric value|"),
    Case("ms Zm9v 3 b k|bar|mg Zm9v b k v|mg foo k v|", "HD kZm9v b|VA 3 kZm9v b|bar|VA 3 kZm9v b|bar|"),
    Case("me a|", "EN|"),
    Case("mg a v v|", "CLIENT_ERROR duplicate flag|"),
    Case("ms a 1 MX|x|mg a|", "CLIENT_ERROR invalid mode for ms M token|EN|"),
  ]

  @Test(arguments: cases) func command(_ c: Case) throws {
    let server = try TestServer()
    #expect(server.client().ask(c.requests) == c.replies)
  }

  @Test func mgWithTheCASItHasLeavesTheValueOut() throws {
    let client = try TestServer().client()
    #expect(client.ask("ms a 1 E5|x|mg a v C5|mg a v C6|") == "HD|HD|VA 1|x|")
  }
}
