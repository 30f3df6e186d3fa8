/// A column of the table of all types: how it is declared, read back, and filled.
struct SampleColumn: Sendable {
  /// How the text of a SELECT compares with what the decoder tells.
  enum Comparison: Sendable {
    case text
    case float
    case double
  }

  let type: String
  /// `?` stands for the column.
  var select = "?"
  var comparison = Comparison.text
  /// SQL literals: the extremes.
  let fixed: [String]
  /// SQL literal made at random.
  let random: @Sendable (inout SampleGenerator) -> String

  init(
    _ type: String, _ fixed: [String], select: String = "?", comparison: Comparison = .text,
    random: @escaping @Sendable (inout SampleGenerator) -> String
  ) {
    self.type = type
    self.select = select
    self.comparison = comparison
    self.fixed = fixed
    self.random = random
  }
}

enum SampleColumns {
  static let all: [SampleColumn] =
    integers + decimals + approximate + temporal + texts + byteStrings + lists + mariadb

  private static let integers: [SampleColumn] = [
    ("TINYINT", 8), ("SMALLINT", 16), ("MEDIUMINT", 24), ("INT", 32), ("BIGINT", 64),
  ]
  .flatMap { (name: String, bits: Int) -> [SampleColumn] in
    let top = Int64.max >> Int64(64 - bits)
    let unsignedTop = UInt64.max >> UInt64(64 - bits)
    return [
      SampleColumn(name, ["0", "-1", "\(top)", "\(-top - 1)"]) {
        "\(Int64.random(in: (-top - 1)...top, using: &$0))"
      },
      SampleColumn("\(name) UNSIGNED", ["0", "1", "\(unsignedTop)", "\(unsignedTop / 2 + 1)"]) {
        "\(UInt64.random(in: 0...unsignedTop, using: &$0))"
      },
    ]
  }

  private static let decimals: [SampleColumn] =
    [(65, 30), (65, 0), (10, 0), (9, 9), (18, 9), (5, 2), (20, 1), (1, 0), (30, 30), (38, 10)].map {
      (precision: Int, scale: Int) in
      let whole = precision - scale
      let nines =
        String(repeating: "9", count: whole) + (scale > 0 ? "." + String(repeating: "9", count: scale) : "")
      let small = scale > 0 ? "0." + String(repeating: "0", count: scale - 1) + "1" : "1"
      return SampleColumn("DECIMAL(\(precision),\(scale))", ["0", nines, "-" + nines, small, "-" + small]) {
        "\($0.sign())0\($0.digits($0.number(0...whole)))" + (scale > 0 ? ".\($0.digits(scale))" : "")
      }
    }

  private static let approximate: [SampleColumn] =
    [
      SampleColumn(
        "FLOAT", ["0", "-1.5", "3.4028e38", "1.17549e-38", "16777216", "0.1"], select: "CAST(? AS DOUBLE)",
        comparison: .float
      ) { "\(Float.random(in: -1e6...1e6, using: &$0))" },
      SampleColumn(
        "DOUBLE", ["0", "-1.5", "1.7976931348623157e308", "2.2250738585072014e-308", "1e16", "0.1"],
        comparison: .double
      ) { "\(Double.random(in: -1e9...1e9, using: &$0))" },
    ]
    + [1, 7, 8, 9, 33, 64].map { (bits: Int) in
      let top = UInt64.max >> UInt64(64 - bits)
      return SampleColumn("BIT(\(bits))", ["0", "1", "\(top)"], select: "? + 0") {
        "\(UInt64.random(in: 0...top, using: &$0))"
      }
    }

  private static let temporal: [SampleColumn] =
    [
      SampleColumn("YEAR", ["0", "1901", "2155"]) { "\($0.number(1901...2155))" },
      SampleColumn("DATE", ["'0000-00-00'", "'9999-12-31'", "'2024-02-29'", "'1000-01-01'", "'2020-00-00'"]) {
        "'\($0.date(1000...9999))'"
      },
    ]
    + (0...6).flatMap { (fraction: Int) -> [SampleColumn] in
      let suffix = fraction == 0 ? "" : "(\(fraction))"
      return [
        SampleColumn(
          "TIME\(suffix)",
          ["'00:00:00'", "'-00:00:00.5'", "'838:59:59'", "'-838:59:59'", "'-00:00:01'", "'-12:34:56.987654'"]
        ) {
          "'\($0.sign())\($0.clock(hours: 837))'"
        },
        SampleColumn(
          "DATETIME\(suffix)",
          ["'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'", "'1000-01-01 00:00:00.000001'"]
        ) {
          "'\($0.date(1000...9998)) \($0.clock(hours: 23))'"
        },
        SampleColumn(
          "TIMESTAMP\(suffix) NULL",
          [
            "'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'",
            "'2000-02-29 12:00:00.123456'",
          ]
        ) {
          "'\($0.date(1971...2037)) \($0.clock(hours: 23))'"
        },
      ]
    }

  /// Text that the character set holds and MariaDB's literals in utf8mb4 bring there.
  private static func text(_ type: String, _ set: String, _ alphabet: String, longest: Int) -> SampleColumn {
    let characters = Array(alphabet)
    let full = String((0..<longest).map { characters[$0 % characters.count] })
    return SampleColumn(
      "\(type) CHARACTER SET \(set)", ["''", "'a'", "'\(alphabet)'", "'\(full)'"],
      select: "CONVERT(? USING utf8mb4)"
    ) {
      "'\($0.text(Array(alphabet), longest: longest))'"
    }
  }

  private static let texts: [SampleColumn] = [
    text("CHAR(12)", "utf8mb4", "aäß€𝄞zq", longest: 12),
    text("CHAR(255)", "utf8mb4", "aäß€𝄞", longest: 255),
    text("VARCHAR(20)", "utf8mb3", "abcäöü漢字", longest: 20),
    text("VARCHAR(300)", "utf8mb4", "x€𝄞", longest: 300),
    text("TINYTEXT", "utf8mb4", "tiny€", longest: 60),
    text("TEXT", "latin1", "plain äöüß€Ÿ", longest: 400),
    text("MEDIUMTEXT", "utf8mb4", "medium", longest: 500),
    text("LONGTEXT", "ucs2", "äx€漢", longest: 200),
    text("VARCHAR(50)", "ascii", "plain", longest: 50),
    text("CHAR(30)", "latin1", "naïve ÿ€", longest: 30),
    text("VARCHAR(30)", "utf16", "aä€𝄞", longest: 30),
    text("VARCHAR(30)", "utf16le", "aä€𝄞", longest: 30),
    text("CHAR(10)", "utf32", "aä€𝄞", longest: 10),
    text("VARCHAR(30)", "sjis", "~a日本〜‖−¢語カナ", longest: 30),
    text("VARCHAR(30)", "cp932", "abc日本語カナ", longest: 30),
    text("VARCHAR(30)", "ujis", "~a日本〜‖−¢語カナ", longest: 30),
    text("VARCHAR(30)", "eucjpms", "abc日本語カナ", longest: 30),
    text("VARCHAR(30)", "gbk", "abc汉字繁體", longest: 30),
    text("VARCHAR(30)", "gb2312", "abc汉字", longest: 30),
    text("VARCHAR(30)", "big5", "abc漢字", longest: 30),
    text("VARCHAR(30)", "euckr", "abc한국어", longest: 30),
    text("VARCHAR(30)", "cp1251", "abcЖук", longest: 30),
    text("VARCHAR(30)", "koi8r", "abcЖук", longest: 30),
    text("VARCHAR(30)", "swe7", "abcåäö", longest: 30),
    text("VARCHAR(30)", "greek", "abcλόγος", longest: 30),
    text("VARCHAR(30)", "hebrew", "abcשלום", longest: 30),
    text("VARCHAR(30)", "latin2", "abcčřž", longest: 30),
    text("VARCHAR(30)", "tis620", "abcไทย", longest: 30),
  ]

  private static func bytes(_ type: String, longest: Int) -> SampleColumn {
    let full = (0..<longest).map { String(UInt8($0 & 255) | 1, radix: 16).leftPadded(2) }.joined()
    return SampleColumn(type, ["''", "x'00'", "x'ff00'", "x'\(full)'", "x'20'"]) {
      "x'\($0.hexadecimal(longest: longest))'"
    }
  }

  private static let byteStrings: [SampleColumn] = [
    bytes("BINARY(16)", longest: 16), bytes("BINARY(255)", longest: 255), bytes("VARBINARY(20)", longest: 20),
    bytes("VARBINARY(1000)", longest: 300), bytes("TINYBLOB", longest: 255), bytes("BLOB", longest: 700),
    bytes("MEDIUMBLOB", longest: 300), bytes("LONGBLOB", longest: 300),
    SampleColumn(
      "GEOMETRY",
      ["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)"],
      select: "ST_AsWKB(?)"
    ) {
      "ST_GeomFromText('LINESTRING(\($0.number(-9...9)) 1, 2 2, 3 \($0.number(-9...9)))')"
    },
    SampleColumn("POINT", ["ST_GeomFromText('POINT(-1.5 2e10)')"], select: "ST_AsWKB(?)") {
      "ST_GeomFromText('POINT(\(Double.random(in: -9...9, using: &$0)) 1)')"
    },
  ]

  private static let lists: [SampleColumn] = {
    let many = (1...300).map { "'member \($0)'" }.joined(separator: ",")
    let set64 = (1...64).map { "'s\($0)'" }.joined(separator: ",")
    return [
      SampleColumn(
        "ENUM('one','two','drei ä','it''s', 'a\\\\b')", ["'one'", "'drei ä'", "4", "5"],
        select: "CONVERT(? USING utf8mb4)"
      ) {
        "\($0.number(1...5))"
      },
      SampleColumn("ENUM(\(many))", ["1", "300", "255", "256"]) { "\($0.number(1...300))" },
      SampleColumn(
        "ENUM('é','ü','x') CHARACTER SET latin1", ["'é'", "'ü'"], select: "CONVERT(? USING utf8mb4)"
      ) { "\($0.number(1...3))" },
      SampleColumn("SET('a','b','ü')", ["''", "'a'", "'a,ü'", "7"], select: "CONVERT(? USING utf8mb4)") {
        "\($0.number(0...7))"
      },
      SampleColumn("SET(\(set64))", ["0", "18446744073709551615", "9223372036854775808"]) {
        "\(UInt64.random(in: 0...UInt64.max, using: &$0))"
      },
    ]
  }()

  private static let mariadb: [SampleColumn] = [
    SampleColumn("JSON", ["'{}'", "'{\"a\": [1, 2.5, null, \"ü\"]}'"], select: "CONVERT(? USING utf8mb4)") {
      "'[\($0.number(0...99))]'"
    },
    SampleColumn(
      "UUID",
      [
        "'00112233-4455-6677-8899-aabbccddeeff'", "'00112233-4455-1677-8899-aabbccddee00'",
        "'00000000-0000-0000-0000-000000000000'", "'ff112233-4455-c677-0899-aabbcc000000'",
      ], select: "CAST(? AS CHAR)"
    ) {
      "x'\($0.whole(16))'"
    },
    SampleColumn("INET4", ["'0.0.0.0'", "'255.255.255.255'", "'1.2.0.0'"], select: "CAST(? AS CHAR)") {
      "'\($0.number(0...255)).\($0.number(0...255)).0.\($0.number(0...3))'"
    },
    SampleColumn(
      "INET6",
      ["'::'", "'::1'", "'::ffff:1.2.3.4'", "'::1.2.3.4'", "'1:2:3:4:5:6:7:8'", "'2001:db8::'", "'::5:0'"],
      select: "CAST(? AS CHAR)"
    ) {
      "'\($0.groups())'"
    },
    text("VARCHAR(1000) COMPRESSED", "utf8mb4", "squeeze ä", longest: 900).reordered,
    text("TEXT COMPRESSED", "latin1", "squeeze ä", longest: 900).reordered,
    SampleColumn("BLOB COMPRESSED", ["''", "REPEAT('x', 60000)", "'short'"]) {
      "REPEAT('ab', \($0.number(0...9000)))"
    },
    SampleColumn("VARBINARY(200) COMPRESSED", ["''", "REPEAT('x', 200)", "'short'"]) {
      "REPEAT('ab', \($0.number(0...100)))"
    },
  ]
}

extension SampleColumn {
  /// MariaDB wants COMPRESSED behind the character set.
  fileprivate var reordered: SampleColumn {
    let words = type.split(separator: " ")
    let type = [words[0]] + words[2...] + [words[1]]
    return SampleColumn(
      type.joined(separator: " "), fixed, select: select,
      comparison: comparison, random: random)
  }
}

extension String {
  fileprivate func leftPadded(_ count: Int) -> String {
    String(repeating: "0", count: max(0, count - self.count)) + self
  }
}
