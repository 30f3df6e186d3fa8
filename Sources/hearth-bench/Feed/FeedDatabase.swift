import CHearth
import Glibc
import HearthFeed

/// A MariaDB server of the benchmark's own, on a unix socket in a temporary folder, with a binlog in the ROW format. It ends with
/// this object, and also however this program ends: a small program holds it and sees that its input, a pipe from here, is closed.
final class FeedDatabase {
  /// The folder: the server's data are in `data`.
  let folder: String
  private let keeper: ChildProcess
  private let lifeline: Int32

  /// Runs the program behind the folder's name in a group of its own; at the end of its input kills the group and removes the
  /// folder. Signals from a terminal are for the benchmark.
  private static let keeping = """
    trap '' HUP INT TERM
    folder=$1
    shift
    setsid "$@" </dev/null >"$folder/log" 2>&1 &
    read -r line
    kill -s KILL -- -$!
    wait
    rm -rf -- "$folder"
    """

  /// Makes the data folder and becomes the server.
  private static let serving = """
    folder=$1
    shift
    mkdir -m 700 "$folder/tmp"
    export TMPDIR="$folder/tmp"
    mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal \
      --skip-test-db --skip-name-resolve "$@" || exit
    exec mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --tmpdir="$folder/tmp" \
      --pid-file="$folder/pid" \
      --skip-networking --server-id=1 --log-bin=bin --binlog-format=ROW --binlog-row-image=FULL \
      --binlog-row-metadata=FULL --gtid-strict-mode=ON --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 \
      --innodb-doublewrite=0 --innodb-buffer-pool-size=512M --innodb-log-file-size=512M "$@"
    """

  /// From here on the server takes only what others leave of the cores, as if it were on a machine of its own. False: it may not.
  func standBack() -> Bool {
    guard let text = try? TextFile.read("\(folder)/pid"),
      let pid = Int32(text.split(separator: "\n").first ?? "")
    else {
      return false
    }
    return ChildProcess.run(["chrt", "--all-tasks", "--idle", "--pid", "0", "\(pid)"])
  }

  /// Starts a server; about two seconds. The time of a write to its disk is left out of what is measured: nothing is synced.
  init() throws(SystemError) {
    Self.widenPath()
    guard ChildProcess.run(["mariadbd", "--version"]), ChildProcess.run(["which", "mariadb-install-db"])
    else {
      throw SystemError(
        "mariadbd or mariadb-install-db is missing: install a MariaDB server (apt-get install mariadb-server)"
      )
    }
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/hearth-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(call: "a temporary folder in \(parent)") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(call: "pipe") }
    // No other child may hold the pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    lifeline = ends[1]
    let user = geteuid() == 0 ? ["--user=root"] : []
    keeper = try ChildProcess(
      ["sh", "-c", Self.keeping, "sh", folder, "sh", "-c", Self.serving, "sh", folder] + user,
      input: ends[0], outlives: true)
    try waitUntilReady()
  }

  deinit {
    close(lifeline)
    _ = keeper.waitForSuccess()
  }

  /// Servers are in a folder that not every account has in its path.
  private static func widenPath() {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    setenv("PATH", "\(path):/usr/sbin:/usr/local/sbin", 1)
  }

  var socket: String { "\(folder)/socket" }

  private func waitUntilReady() throws(SystemError) {
    let deadline = hearth_monotonic_ns() + 60_000_000_000
    while hearth_monotonic_ns() < deadline {
      if (try? DatabaseSession(socket: socket)) != nil { return }
      usleep(50_000)
    }
    let log = (try? TextFile.read("\(folder)/log")) ?? ""
    throw SystemError("mariadbd does not answer after a minute: \(log.suffix(500))")
  }
}
