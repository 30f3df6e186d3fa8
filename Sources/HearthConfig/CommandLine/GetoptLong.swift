import Glibc

/// glibc's getopt_long. Swift's Glibc module leaves out <getopt.h>, so the function is looked up by name, and the
/// `struct option` array is laid out by hand as the LP64 ABI has it: name, has_arg, flag and val at 0, 8, 16 and 24 of
/// 32 bytes (getopt_long(3)).
struct GetoptLong: ~Copyable {
  typealias Vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private typealias Function =
    @convention(c) (Int32, Vector, UnsafePointer<CChar>, UnsafeRawPointer, UnsafeMutablePointer<Int32>?) ->
    Int32

  private static let stride = 32
  private let function: Function
  private let table: UnsafeMutableRawPointer

  /// Copies what it needs of the flags; the names are static strings. nil where the C library lacks the function.
  init?(_ flags: [Flag]) {
    guard let symbol = dlsym(nil, "getopt_long") else { return nil }
    function = unsafeBitCast(symbol, to: Function.self)
    // Zeros end the array.
    let named = flags.compactMap { flag in flag.long.map { (name: $0, flag: flag) } }
    let size = Self.stride * (named.count + 1)
    table = .allocate(byteCount: size, alignment: 8)
    table.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    for (i, (name, flag)) in named.enumerated() {
      let entry = table + i * Self.stride
      entry.storeBytes(of: UInt(bitPattern: name.utf8Start), as: UInt.self)
      entry.storeBytes(of: flag.value.rawValue, toByteOffset: 8, as: Int32.self)
      entry.storeBytes(of: flag.code, toByteOffset: 24, as: Int32.self)
    }
  }

  deinit { table.deallocate() }

  /// The next flag's code, -1 at the end, '?' or ':' for an error. Keeps its place in glibc's globals.
  func next(_ count: Int, _ vector: Vector, short: String) -> Int32 {
    function(Int32(count), vector, short, table, nil)
  }
}
