import CMariaDB
import Glibc

/// A connection on which a server sends its binlog. `next` blocks; another thread ends it through the socket.
public struct BinlogConnection: ~Copyable {
  private let connection: DatabaseConnection

  /// The server says that it is alive after so much silence.
  private static let heartbeat: UInt64 = 1_000_000_000
  /// Seconds of silence after which it is not.
  private static let patience: UInt32 = 10
  /// Larger packets than a row can have (`max_allowed_packet` is at most 1 GiB) are not a server's.
  private static let longestPacket: UInt = 1 << 30

  private init(connection: consuming DatabaseConnection) { self.connection = connection }

  /// Where the log begins for this reader.
  public enum Start: Sendable, CustomStringConvertible {
    case position(BinlogPosition)
    /// MariaDB: the transactions after these, `0-1-27,1-2-5`.
    case gtid(String)
    /// MySQL: the transactions that are not in the set.
    case gtidSet(MySQLGTIDSet)

    /// For people.
    public var description: String {
      switch self {
      case .position(let place): place.description
      case .gtid(let state): "GTID \(state)"
      case .gtidSet(let set): "GTIDs \(set)"
      }
    }
  }

  /// Connects as a replica.
  /// - Parameter serverID: No other replica of the server may have it.
  public static func open(
    _ address: DatabaseAddress, server: ServerKind, serverID: UInt32, from start: Start
  ) throws(DatabaseError) -> BinlogConnection {
    let connection = try DatabaseConnection.open(address, readTimeout: patience)
    try connection.execute(
      "SET @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = @@global.binlog_checksum, "
        + "@master_heartbeat_period = \(heartbeat), @source_heartbeat_period = \(heartbeat)")
    var position = BinlogPosition(file: "", offset: 4)
    if server == .mariaDB { try connection.execute("SET @mariadb_slave_capability = 4") }
    switch start {
    case .position(let place): position = place
    case .gtidSet(let set):
      try dump(connection, set, serverID)
      return BinlogConnection(connection: connection)
    case .gtid(let state):
      guard state.utf8.allSatisfy({ $0 >= 0x2c && $0 <= 0x3a }) else {
        throw DatabaseError("\"\(state)\" is not a list of MariaDB GTIDs")
      }
      try connection.execute("SET @slave_connect_state = '\(state)', @slave_gtid_strict_mode = 1")
    }
    try dump(connection, position, serverID)
    return BinlogConnection(connection: connection)
  }

  private static func dump(
    _ connection: borrowing DatabaseConnection, _ position: BinlogPosition, _ serverID: UInt32
  ) throws(DatabaseError) {
    guard position.offset <= UInt32.max else {
      throw DatabaseError("position \(position) lies beyond what the dump command can name")
    }
    var command = CommandBytes()
    command.add(position.offset, 4)
    command.add(0, 2)
    command.add(UInt64(serverID), 4)
    command.add(Array(position.file.utf8))
    try send(connection, COM_BINLOG_DUMP, command)
  }

  /// MySQL's COM_BINLOG_DUMP_GTID: flags u16, server id u32, length of the file's name u32, name, position u64, length of the set u32, set.
  private static func dump(
    _ connection: borrowing DatabaseConnection, _ set: MySQLGTIDSet, _ serverID: UInt32
  ) throws(DatabaseError) {
    var command = CommandBytes()
    // BINLOG_THROUGH_GTID
    command.add(4, 2)
    command.add(UInt64(serverID), 4)
    command.add(0, 4)
    command.add(4, 8)
    let encoded = set.encoded
    command.add(UInt64(encoded.count), 4)
    command.add(encoded)
    // libmariadb's list of commands has no name for it.
    try send(connection, enum_server_command(30), command)
  }

  private static func send(
    _ connection: borrowing DatabaseConnection, _ command: enum_server_command, _ bytes: CommandBytes
  ) throws(DatabaseError) {
    if hearth_mysql_command(connection.handle, command, bytes.bytes, bytes.bytes.count) != 0 {
      throw connection.error("cannot ask for the binlog")
    }
  }

  /// The next event, without the packet's status byte; in place until the next call. Blocks. Nil: the server has ended the
  /// stream.
  public func next() throws(DatabaseError) -> UnsafeRawBufferPointer? {
    let length = mysql_net_read_packet(connection.handle)
    if length >= UInt(UInt32.max) { throw connection.error("the binlog ends") }
    guard length > 0, length <= Self.longestPacket, let bytes = hearth_mysql_packet(connection.handle) else {
      throw DatabaseError("the server sent a packet of \(length) bytes")
    }
    switch bytes[0] {
    case 0: return UnsafeRawBufferPointer(start: bytes + 1, count: Int(length) - 1)
    case 0xfe where length < 9: return nil
    case 0xff:
      // Error packet: number u16, `#`, SQL state of 5 bytes, text.
      guard length >= 3 else { throw DatabaseError("the server sent an error without a number") }
      let code = UInt32(bytes[1]) | UInt32(bytes[2]) << 8
      let text = UnsafeRawBufferPointer(start: bytes, count: Int(length)).dropFirst(length >= 9 ? 9 : 3)
      throw DatabaseError("the binlog ends: \(String(decoding: text, as: UTF8.self))", code: code)
    default: throw DatabaseError("the server sent a packet that is no event")
    }
  }

  /// For `DatabaseConnection.interrupt`.
  public var socket: Int32 { connection.socket }
}
