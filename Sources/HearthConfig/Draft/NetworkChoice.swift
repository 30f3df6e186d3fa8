/// What the command line says about where to listen, in memcached's terms.
struct NetworkChoice: Sendable {
  /// `-p`: 0 is off, -1 is any free port.
  var tcpPort: Located<Int>?
  /// `-U`: 0 is off, -1 is any free port.
  var udpPort: Located<Int>?
  /// `-l`, every address of every use.
  var addresses: [Located<HostPort>] = []
  /// `-s`.
  var unixPath: Located<String>?
  /// `-a`.
  var unixMode: UInt32?
}
