import Glibc

/// What Linux says about a process in /proc (proc(5)).
struct ProcessStatistics: Equatable, Sendable {
  /// CPU time of all threads, user and system, in seconds.
  var cpuSeconds: Double
  /// Resident memory in bytes (VmRSS).
  var residentBytes: UInt64

  init(cpuSeconds: Double, residentBytes: UInt64) {
    self.cpuSeconds = cpuSeconds
    self.residentBytes = residentBytes
  }

  init(pid: pid_t) throws(SystemError) {
    let stat = try TextFile.read("/proc/\(pid)/stat")
    let status = try TextFile.read("/proc/\(pid)/status")
    guard let ticks = Self.cpuTicks(stat: stat) else {
      throw SystemError("/proc/\(pid)/stat does not look as expected")
    }
    // A zombie has no VmRSS line.
    self.init(
      cpuSeconds: Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))),
      residentBytes: Self.residentBytes(status: status) ?? 0)
  }

  /// Fields 14 and 15, utime and stime. The second field, the command, may hold blanks and parentheses, so
  /// counting begins after the last one.
  static func cpuTicks(stat: String) -> UInt64? {
    guard let parenthesis = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: parenthesis)...].split(separator: " ")
    guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12])
    else { return nil }
    return user + system
  }

  static func residentBytes(status: String) -> UInt64? {
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard fields.count == 3, fields[2] == "kB", let kilobytes = UInt64(fields[1]) else { return nil }
      return kilobytes * 1024
    }
    return nil
  }
}
