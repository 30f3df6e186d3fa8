import CHearth
import Glibc

/// The file that tells keepalived the role of this node. Written in place and closed, because keepalived looks at a file of a
/// directory it watches when that file was closed after writing. One thread at a time; a write is a few calls on tmpfs.
final class RoleFile {
  /// Milliseconds between two attempts while the file cannot be written.
  static let pause: UInt64 = 1000

  let path: String
  private let report: (String) -> Void
  private var role = StandbyRole.unfit
  /// The file has it.
  private var isWritten = false
  private var retryAt: UInt64 = 0
  /// What was told last; nil: nothing since it went well.
  private var trouble: String?

  /// Writes `unfit`, whatever an earlier process has left, and makes the file if there is none. If a user is named and this is root, the
  /// file will be that user's.
  ///
  /// - Parameters:
  ///   - now: Milliseconds of a monotonic clock.
  ///   - report: Called with a line when writing begins to fail, fails in another way, or works again.
  init(_ path: String, user: String? = nil, now: UInt64, report: @escaping (String) -> Void) {
    self.path = path
    self.report = report
    attempt(now, owner: user)
  }

  /// Writes a role, if the file does not have it. What fails is tried again by `retry`.
  func write(_ role: StandbyRole, now: UInt64) {
    if isWritten && role == self.role { return }
    self.role = role
    attempt(now)
  }

  /// Writes `unfit` at the end, whatever is in the file.
  func end(now: UInt64) {
    isWritten = false
    write(.unfit, now: now)
  }

  /// Tries again what failed, once a second. To be called more often than that.
  func retry(now: UInt64) { if !isWritten && now >= retryAt { attempt(now) } }

  private func attempt(_ now: UInt64, owner: String? = nil) {
    let reason = replaceText("\(role.rawValue)\n", owner: owner)
    isWritten = reason == nil
    retryAt = now + Self.pause
    if reason == trouble { return }
    trouble = reason
    report(
      reason.map { "cannot write role_file \(path): \($0); keepalived goes by what is in it" }
        ?? "role_file \(path) is written again")
  }

  /// Nil, or why not. Nobody else writes there, and a line that is cut off later never begins another number.
  private func replaceText(_ text: String, owner: String?) -> String? {
    let fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    if fd < 0 { return String(cString: strerror(hearth_errno())) }
    defer { close(fd) }
    var info = stat()
    guard fstat(fd, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return "it is not a regular file" }
    if let owner, geteuid() == 0, let account = getpwnam(owner) {
      _ = fchown(fd, account.pointee.pw_uid, account.pointee.pw_gid)
    }
    var text = text
    let isWhole = text.withUTF8 { pwrite(fd, $0.baseAddress, $0.count, 0) == $0.count }
    guard isWhole, ftruncate(fd, off_t(text.utf8.count)) == 0 else {
      return String(cString: strerror(hearth_errno()))
    }
    return nil
  }
}
