import CHearth
import Glibc

/// Bytes of a file, decompressed by xz or zstd as a child process where the name says so.
struct ByteStream: ~Copyable {
  private let child: ChildProcess?
  private let descriptor: Int32
  private let buffer: UnsafeMutablePointer<UInt8>
  private var start = 0
  private var end = 0
  private let path: String

  private static let capacity = 1 << 16

  private init(_ path: String, _ child: consuming ChildProcess?, _ descriptor: Int32) {
    self.path = path
    self.child = child
    self.descriptor = descriptor
    buffer = .allocate(capacity: Self.capacity)
  }

  static func open(_ path: String) throws(SystemError) -> ByteStream {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw SystemError(call: path) }
    guard let program = path.hasSuffix(".xz") ? "xz" : path.hasSuffix(".zst") ? "zstd" : nil
    else { return ByteStream(path, nil, file) }
    close(file)
    let child = try ChildProcess([program, "-dcq", path], piped: true)
    let output = child.output
    return ByteStream(path, child, output)
  }

  deinit {
    // The child closes its own output.
    if child == nil { close(descriptor) }
    buffer.deallocate()
  }

  /// At the end: false when the program that decompresses has failed.
  func endedWell() -> Bool {
    switch child {
    case .some(let child): child.waitForSuccess()
    case .none: true
    }
  }

  /// Reads more behind what is there; false at the end.
  private mutating func fill() throws(SystemError) -> Bool {
    if start > 0 {
      memmove(buffer, buffer + start, end - start)
      end -= start
      start = 0
    }
    guard end < Self.capacity else { throw SystemError("\(path): a line is longer than \(end) bytes") }
    while true {
      let n = Glibc.read(descriptor, buffer + end, Self.capacity - end)
      if n > 0 {
        end += n
        return true
      }
      if n == 0 { return false }
      if hearth_errno() != EINTR { throw SystemError(call: path) }
    }
  }

  /// Calls back with the next `length` bytes; false at the end. A part of a record is an error.
  mutating func record(_ length: Int, _ body: (UnsafeRawPointer) -> Void) throws(SystemError) -> Bool {
    while end - start < length {
      if try !fill() {
        if end == start { return false }
        throw SystemError("\(path): ends within a record; is it complete?")
      }
    }
    body(buffer + start)
    start += length
    return true
  }

  /// Calls back with the next line, without its end; false at the end.
  mutating func line(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(SystemError) -> Bool {
    while true {
      if let newline = memchr(buffer + start, 0x0A, end - start) {
        let length = UnsafeRawPointer(newline) - UnsafeRawPointer(buffer + start)
        body(UnsafeBufferPointer(start: buffer + start, count: length))
        start += length + 1
        return true
      }
      if try !fill() {
        if end == start { return false }
        body(UnsafeBufferPointer(start: buffer + start, count: end - start))
        start = end
        return true
      }
    }
  }
}
