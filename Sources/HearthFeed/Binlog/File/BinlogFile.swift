import Glibc

/// Reads a binlog file event by event: for tests, benchmarks and replays. Belongs to one thread. Memory: the longest event.
public struct BinlogFile: ~Copyable {
  private let descriptor: CInt
  private let path: String
  private var size = 0
  private var offset = 0
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What is in the room, and where in it the next event begins.
  private var filled = 0
  private var taken = 0

  private static let magic: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]

  deinit {
    close(descriptor)
    room.deallocate()
  }

  /// Opens the file and reads the magic. Throws `file` or `damaged`.
  public init(path: String) throws(BinlogError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BinlogError(.file, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    size = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    lseek(descriptor, 0, SEEK_SET)
    try fill(Self.magic.count)
    guard filled >= Self.magic.count, room.prefix(Self.magic.count).elementsEqual(Self.magic) else {
      throw BinlogError(.damaged, "\(path) is no binlog: it does not begin with fe 62 69 6e")
    }
    taken = Self.magic.count
  }

  /// The next event with header and checksum, in place until the next call; nil: the file ends, perhaps within an event
  /// that the server is still writing. Throws `file`, `damaged`, or `unsupported` for an encrypted file.
  public mutating func next() throws(BinlogError) -> UnsafeRawBufferPointer? {
    try fill(EventHeader.size)
    guard filled - taken >= EventHeader.size else { return nil }
    guard let header = EventHeader(UnsafeRawBufferPointer(rebasing: room[taken..<filled])) else {
      throw BinlogError(.damaged, "no event in \(path) at \(offset - filled + taken)")
    }
    guard header.type != EventType.startEncryption else {
      throw BinlogError(.unsupported, "\(path) is encrypted: follow the server instead")
    }
    guard header.length <= size - (offset - filled + taken) else { return nil }
    try fill(header.length)
    guard filled - taken >= header.length else { return nil }
    taken += header.length
    return UnsafeRawBufferPointer(rebasing: room[taken - header.length..<taken])
  }

  /// Brings `count` bytes behind what is taken into the room, where the file has them.
  private mutating func fill(_ count: Int) throws(BinlogError) {
    guard filled - taken < count else { return }
    if room.count - taken < count {
      let larger = room.count >= count ? room : .allocate(byteCount: max(count, 256 << 10), alignment: 16)
      if filled > taken, let from = room.baseAddress, let to = larger.baseAddress {
        memmove(to, from + taken, filled - taken)
      }
      if larger.baseAddress != room.baseAddress { room.deallocate() }
      room = larger
      filled -= taken
      taken = 0
    }
    while filled - taken < count {
      let got = read(descriptor, room.baseAddress.unsafelyUnwrapped + filled, room.count - filled)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw BinlogError(.file, "cannot read \(path): \(String(cString: strerror(errno)))")
      }
      if got == 0 { return }
      filled += got
      offset += got
    }
  }
}
