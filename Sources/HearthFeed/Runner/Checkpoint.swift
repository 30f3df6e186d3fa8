import Glibc

/// Up to where a feed has applied the log, and to which store. Kept in a small text file that is replaced as a whole.
struct Checkpoint: Equatable {
  /// Names the memory that holds the entries: when it is gone, so is what the position stands for.
  var arena: UInt64
  /// Transactions applied since the feed's first load.
  var ordinal: UInt64
  /// The server that was followed, by its `server_id` and kind.
  var serverID: UInt32
  /// Everything before it is applied.
  var position: BinlogPosition
  /// MariaDB: the last transaction of each domain, `0-1-27,1-2-5`; MySQL: the set of transactions; empty where not known.
  var gtid: String

  /// What is applied, as the feed knows it.
  var applied: AppliedLog {
    AppliedLog(
      position: position, gtids: MariaDBGTIDState(gtid) ?? MariaDBGTIDState(),
      names: MySQLGTIDSet(gtid) ?? MySQLGTIDSet())
  }

  private static let title = "hearth feed checkpoint 1"

  /// The file's text.
  var text: String {
    """
    \(Self.title)
    arena \(String(arena, radix: 16))
    ordinal \(ordinal)
    server \(serverID)
    file \(position.file)
    offset \(position.offset)
    gtid \(gtid)
    end

    """
  }

  /// Nil: not the text of a whole checkpoint.
  init?(text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == Self.title[...] else { return nil }
    var values: [Substring: Substring] = [:]
    while let line = lines.popFirst(), line != "end" {
      guard let blank = line.firstIndex(of: " ") else { return nil }
      values[line[..<blank]] = line[line.index(after: blank)...]
      if lines.isEmpty { return nil }
    }
    guard let arena = values["arena"].flatMap({ UInt64($0, radix: 16) }),
      let ordinal = values["ordinal"].flatMap({ UInt64($0) }),
      let serverID = values["server"].flatMap({ UInt32($0) }), let file = values["file"],
      let offset = values["offset"].flatMap({ UInt64($0) }), let gtid = values["gtid"]
    else { return nil }
    self.init(
      arena: arena, ordinal: ordinal, serverID: serverID,
      position: BinlogPosition(file: String(file), offset: offset), gtid: String(gtid))
  }

  init(arena: UInt64, ordinal: UInt64, serverID: UInt32, position: BinlogPosition, gtid: String) {
    self.arena = arena
    self.ordinal = ordinal
    self.serverID = serverID
    self.position = position
    self.gtid = gtid
  }

  /// Reads the file. Nil: there is none, or it is no checkpoint.
  static func read(_ path: String) -> Checkpoint? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Checkpoint(text: String(decoding: bytes[..<count], as: UTF8.self))
  }

  /// Replaces the file. Returns why that failed; nil: it did not. Whoever reads it meets the old text or the new one,
  /// after a crash of the machine too.
  func write(_ path: String) -> String? {
    let fresh = path + ".new"
    let file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if file < 0 { return "cannot write \(fresh): \(String(cString: strerror(errno)))" }
    let bytes = Array(text.utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fdatasync(file) == 0
    let reason = errno
    close(file)
    if !isWritten || rename(fresh, path) != 0 {
      let code = isWritten ? errno : reason
      unlink(fresh)
      return "cannot write \(path): \(String(cString: strerror(code)))"
    }
    return nil
  }
}
