import ArgumentParser
import Glibc

/// Which two programs are compared.
struct ServerOptions: ParsableArguments {
  @Option(help: "The hearthd to measure (default: the one beside this program).") var hearthd: String?
  @Option(help: "The memcached to measure.") var memcached = "memcached"

  var hearthdPath: String { hearthd ?? Self.sibling("hearthd") }

  /// A program in the directory of this one.
  static func sibling(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let own = String(decoding: buffer[0..<max(length, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return name }
    return own[...slash] + name
  }

  /// Says which programs are measured, for the head of a report.
  func versions(memcached withMemcached: Bool = true, hearthd withHearthd: Bool = true) -> String {
    var parts: [String] = []
    if withMemcached { parts.append("memcached \(Self.version(memcached))") }
    if withHearthd { parts.append("hearthd \(Self.version(hearthdPath))") }
    return parts.joined(separator: ", ")
  }

  private static func version(_ path: String) -> String {
    guard let server = try? ServerProcess.start(path: path, memory: 64, threads: 1),
      let stats = try? StatsClient(server.endpoint).stats()
    else { return "(does not start: \(path))" }
    // hearthd's `version` is that of the memcached whose protocol it speaks.
    return stats["hearth_version"] ?? stats["version"] ?? "?"
  }
}
