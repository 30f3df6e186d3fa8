/// What a server said, cut into replies that can be compared: the CAS values of a key numbered in the order of their
/// first appearance, remaining lives rounded, numbers without the blanks that memcached pads them with.
struct Replies {
  /// By key, because two keys may have the same version.
  private var casNumbers: [Int: [String: Int]] = [:]
  private var currentKey: Int?
  private let tag: String
  /// What is shown for the base64 names of the keys: memcached's append forgets that a key was binary.
  private let plainNames: [String: String]

  /// - Parameter keys: Their mark is shown as ####.
  init(_ keys: StreamKeys) {
    tag = keys.tag
    plainNames = Dictionary(
      uniqueKeysWithValues: StreamKeys.all.map { key in
        (
          "k" + String(decoding: keys.base64(key), as: UTF8.self),
          "k" + String(decoding: keys.name(key), as: UTF8.self)
        )
      })
  }

  /// One entry for each reply. Where it is known which key they are of, versions are told apart.
  mutating func parse(_ bytes: [UInt8], of key: Int? = nil) -> [String] {
    currentKey = key
    var replies: [String] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 10) {
      var line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
      if line.unicodeScalars.last == "\r" { line = String(line.unicodeScalars.dropLast()) }
      rest = rest[(end + 1)...]
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      var data: [UInt8] = []
      if let count = Self.dataCount(words) {
        guard rest.count >= count + 2 else {
          replies.append("\(line) with \(rest.count) bytes of data")
          return replies
        }
        data = Array(rest.prefix(count))
        rest = rest.dropFirst(count + 2)
      }
      replies.append(canonical(words, data))
    }
    if !rest.isEmpty { replies.append("unfinished: \(printable(Array(rest)))") }
    return replies
  }

  private static func dataCount(_ words: [String]) -> Int? {
    if words[0] == "VALUE", words.count >= 4 { return Int(words[3]) }
    if words[0] == "VA", words.count >= 2 { return Int(words[1]) }
    return nil
  }

  private mutating func canonical(_ words: [String], _ data: [UInt8]) -> String {
    var words = words
    var data = data
    let digits = data.prefix { 48...57 ~= $0 }
    if !digits.isEmpty, data.dropFirst(digits.count).allSatisfy({ $0 == 32 }) { data = Array(digits) }
    switch words[0] {
    case "VALUE" where words.count >= 4:
      words[3] = String(data.count)
      if words.count == 5 { words[4] = casNumber(words[4]) }
    case "VA" where words.count >= 2:
      words[1] = String(data.count)
      words = Array(words[..<2]) + flags(words.dropFirst(2))
    case "HD", "NS", "EX", "NF", "EN": words = Array(words[..<1]) + flags(words.dropFirst(1))
    case "ME": words = words.filter { !["la=", "cas", "cls", "siz"].contains($0.prefix(3)) }
    default: break
    }
    let line = words.joined(separator: " ").replacing(tag, with: "####")
    return data.isEmpty ? line : "\(line) | \(printable(data, limit: 5000))"
  }

  /// The order of W, X and Z changed between versions, and nobody depends on it.
  private mutating func flags(_ words: ArraySlice<String>) -> [String] {
    var flags: [String] = []
    var marks: [String] = []
    for word in words {
      switch word.first {
      case "c": flags.append("c" + casNumber(String(word.dropFirst())))
      case "t": flags.append("t" + Self.rounded(String(word.dropFirst())))
      case "l": flags.append("l?")
      case "W", "X", "Z": marks.append(word)
      case "b": break
      case "k": flags.append(plainNames[word] ?? word)
      default: flags.append(word)
      }
    }
    return flags + marks.sorted()
  }

  private mutating func casNumber(_ value: String) -> String {
    if value == "0" { return value }
    guard let currentKey else { return "?" }
    let number = casNumbers[currentKey]?[value] ?? (casNumbers[currentKey]?.count ?? 0) + 1
    casNumbers[currentKey, default: [:]][value] = number
    return "#\(number)"
  }

  /// All lives in the streams are multiples of 1,000 seconds.
  private static func rounded(_ life: String) -> String {
    guard let seconds = Int(life), seconds > 0 else { return life }
    return "\((seconds + 500) / 1000 * 1000)"
  }
}
