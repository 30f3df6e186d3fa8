import CHearth
import Glibc

/// The wall clock of programs that are started with it, which can be set while they run; their monotonic clocks are the machine's. It stands
/// between them and the C library: libfaketime, Debian's package faketime.
public final class SteppableClock: Sendable {
  private static let library: String? = {
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob("/usr/lib/*/faketime/libfaketimeMT.so.1", 0, nil, &matches) == 0 else { return nil }
    return matches.gl_pathv[0].map { String(cString: $0) }
  }()
  /// The package is installed.
  public static let isAvailable = library != nil

  private let file: String

  /// - Parameter file: A path that is free. The file has to be there as long as the programs run.
  public init(file: String) throws {
    self.file = file
    Self.removeLeftovers()
    try set(ahead: 0)
  }

  deinit { Self.removeLeftovers() }

  /// What goes before a command that is to have this clock.
  public var wrapper: [String] {
    // The library sets a variable in the first program that it comes into, and Swift finds no arguments where the environment has moved:
    // so that is a second `env`.
    [
      "/usr/bin/env", "LD_PRELOAD=\(Self.library ?? "")", "FAKETIME_TIMESTAMP_FILE=\(file)",
      "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "/usr/bin/env",
    ]
  }

  /// Sets it: so many seconds ahead of the machine's, negative: behind it.
  public func set(ahead seconds: Int) throws {
    // Nobody may read half a file.
    let next = "\(file).next"
    guard let stream = fopen(next, "w") else { throw RigError("\(next): \(FinishedCommand.reason)") }
    fputs("\(seconds < 0 ? "" : "+")\(seconds)\n", stream)
    guard fclose(stream) == 0, rename(next, file) == 0 else {
      throw RigError("\(file): \(FinishedCommand.reason)")
    }
  }

  /// What the library leaves in shared memory of a process that was killed.
  private static func removeLeftovers() {
    guard let folder = opendir("/dev/shm") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix("faketime_shm_") || name.hasPrefix("sem.faketime_sem_"),
        let pid = pid_t(name.split(separator: "_").last ?? "")
      else { continue }
      if kill(pid, 0) != 0 && hearth_errno() == ESRCH { unlink("/dev/shm/\(name)") }
    }
  }
}
