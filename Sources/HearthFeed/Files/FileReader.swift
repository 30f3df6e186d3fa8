import Glibc

/// Reads whole files into one buffer, which grows to the largest of them and is used again.
final class FileReader {
  enum Outcome {
    /// The contents, valid until the next read, and the file's status, the same before and after.
    case contents(UnsafeRawBufferPointer, FileStatus)
    case tooLarge(FileStatus)
    /// It changed while it was read.
    case changed
    /// It is no file any more.
    case replaced
    case failed(FileFailure)
  }

  private let limit: Int
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)

  /// - Parameter limit: Bytes of the largest file.
  init(limit: Int) { self.limit = limit }

  deinit { buffer.deallocate() }

  func read(in folder: Int32, _ name: [UInt8]) -> Outcome {
    let descriptor = FileCalls.openFile(in: folder, name)
    if descriptor < 0 { return Self.outcome(FileFailure(code: -descriptor)) }
    defer { FileCalls.shut(descriptor) }
    let before: FileStatus
    switch FileCalls.status(descriptor) {
    case .failure(let failure): return .failed(failure)
    case .success(let status): before = status
    }
    if before.kind != .file { return .replaced }
    if before.size > limit { return .tooLarge(before) }
    // One byte more, so that a file that has grown is seen.
    if buffer.count <= before.size {
      buffer.deallocate()
      buffer = .allocate(byteCount: before.size + 1, alignment: 16)
    }
    let count = FileCalls.read(
      descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[...before.size]))
    if count < 0 { return .failed(FileFailure(code: Int32(-count))) }
    guard case .success(let after) = FileCalls.status(descriptor), after == before, count == before.size
    else {
      return .changed
    }
    return .contents(UnsafeRawBufferPointer(rebasing: buffer[..<count]), before)
  }

  private static func outcome(_ failure: FileFailure) -> Outcome {
    // What O_NOFOLLOW says of a link, and a socket's answer to open.
    failure.code == ELOOP || failure.code == ENXIO ? .replaced : .failed(failure)
  }
}
