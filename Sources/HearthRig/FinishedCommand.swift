import CHearth
import Glibc

/// A command that was run to its end. What it says is read while it runs, so it may say any amount.
public struct FinishedCommand: Sendable {
  /// The status that it ended with; 128 and the signal's number if a signal ended it.
  public let status: Int32
  /// Standard output and standard error together.
  public let output: String

  /// Runs it and waits. The first argument is the program's path or name.
  ///
  /// - Throws: `RigError` when it cannot be started; how it ends is no error.
  public init(_ arguments: [String]) throws(RigError) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw RigError("pipe: \(Self.reason)") }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for text in texts { free(text) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, arguments[0], &actions, nil, &texts, environ)
    close(ends[1])
    guard failure == 0 else { throw RigError("\(arguments[0]): \(String(cString: strerror(failure)))") }
    output = Self.readAll(ends[0])
    var state: Int32 = 0
    while waitpid(child, &state, 0) < 0, hearth_errno() == EINTR {}
    // wait(2): the low seven bits are the signal, the next byte is the status.
    status = state & 0x7f == 0 ? state >> 8 & 0xff : 128 + state & 0x7f
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, hearth_errno() == EINTR { continue }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  static var reason: String { String(cString: strerror(hearth_errno())) }
}

@_silgen_name("pipe2")
private func pipe2(_ ends: UnsafeMutablePointer<Int32>, _ flags: Int32) -> Int32
