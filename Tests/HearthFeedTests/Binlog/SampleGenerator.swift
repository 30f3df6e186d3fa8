/// Values made at random, the same for the same seed. Steele, Lea, Flood: Fast splittable pseudorandom number generators
/// (2014).
struct SampleGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number of the range.
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func digits(_ count: Int) -> String {
    String((0..<count).map { _ in Character(String(number(0...9))) })
  }

  mutating func sign() -> String { number(0...1) == 0 ? "-" : "" }

  mutating func date(_ years: ClosedRange<Int>) -> String {
    "\(number(years))-\(number(1...12))-\(number(1...28))"
  }

  /// With six digits of the fraction.
  mutating func clock(hours: Int) -> String {
    "\(number(0...hours)):\(number(0...59)):\(number(0...59)).\(digits(6))"
  }

  /// Up to `longest` characters of the alphabet.
  mutating func text(_ alphabet: [Character], longest: Int) -> String {
    String((0..<number(0...longest)).map { _ in alphabet[number(0...alphabet.count - 1)] })
  }

  /// Up to `longest` bytes as hexadecimal digits, with many zeros and spaces among them.
  mutating func hexadecimal(longest: Int) -> String {
    var text = ""
    for _ in 0..<number(0...longest) {
      let byte = number(0...2) == 0 ? [0, 32][number(0...1)] : number(0...255)
      text += byte < 16 ? "0" : ""
      text += String(byte, radix: 16)
    }
    return text
  }

  /// Exactly `count` bytes as hexadecimal digits.
  mutating func whole(_ count: Int) -> String {
    (0..<2 * count).map { _ in String(number(0...15), radix: 16) }.joined()
  }

  /// Groups of an IPv6 address, most of them zero.
  mutating func groups() -> String {
    (0..<8).map { _ in String(number(0...2) == 0 ? number(0...65_535) : 0, radix: 16) }.joined(separator: ":")
  }
}
