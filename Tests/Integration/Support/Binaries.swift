import Glibc

/// Where the programs under test are.
enum Binaries {
  /// The daemon: `HEARTHD` from the environment, else the product in the folder of the test bundle.
  static let hearthd: String = environment("HEARTHD") ?? besideTests("hearthd")
  /// The operator's tool: `HEARTHCTL` from the environment, else the product in the folder of the test bundle.
  static let hearthctl: String = environment("HEARTHCTL") ?? besideTests("hearthctl")
  /// The load generator, in the folder of the test bundle.
  static let hearthBench: String = environment("HEARTH_BENCH") ?? besideTests("hearth-bench")
  /// The server to compare with: `MEMCACHED` from the environment, else the installed one.
  static let memcached: String = environment("MEMCACHED") ?? "/usr/bin/memcached"
  /// Debian's interpreter, because Debian's packages hold the clients.
  static let python = "/usr/bin/python3"
  static let memccapable = "/usr/bin/memccapable"

  /// Thousands of seeds instead of hundreds.
  static let isSlow = environment("HEARTH_SLOW") != nil

  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  private static func besideTests(_ name: String) -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    let executable = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return folder.joined(separator: "/") + "/" + name
  }
}
