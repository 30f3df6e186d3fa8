import Glibc

/// The limit of open files of this program and of the servers that it starts.
enum DescriptorLimit {
  /// Raises it, if need be, for so many connections and what else is open.
  static func raise(connections: Int) throws(SystemError) {
    let wanted = rlim_t(connections + 256)
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    if getrlimit(kind, &limit) != 0 { throw SystemError(call: "getrlimit") }
    if limit.rlim_cur >= wanted { return }
    let allowed = limit.rlim_max
    limit.rlim_cur = wanted
    limit.rlim_max = max(allowed, wanted)
    if setrlimit(kind, &limit) != 0 {
      throw SystemError(
        "\(connections) connections need \(wanted) open files; the system allows \(allowed) (ulimit -Hn)")
    }
  }
}
