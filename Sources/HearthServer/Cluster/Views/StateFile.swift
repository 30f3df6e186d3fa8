import CHearth
import Glibc
import HearthCluster

/// The file with what a node has to know after a restart: its last `DurableState`, and a view that was proposed and not yet
/// adopted. Written as a whole to a second file that then takes its place, so that a crash leaves the old or the new one. A write
/// waits for the disk twice. One thread.
final class StateFile {
  /// Absolute.
  let path: String
  /// What was persisted last, nil before the first time.
  private(set) var durable: DurableState?
  /// The view that was proposed last, while it is newer than the one in `durable`.
  private(set) var proposed: View?
  /// Why the last write failed; empty: it did not.
  private(set) var trouble = ""

  /// Bytes: a hundred times what there is to write.
  private static let sizeLimit = 4 << 20
  private static let magic = Array("hearth state 1\n\n".utf8)
  /// Two lengths behind the magic, a checksum at the end.
  private static let headSize = magic.count + 8
  private static let checksumSize = 8

  /// Reads the file. Where there is none it begins with the first write.
  init(_ path: String) throws(ServerError) {
    self.path = path
    guard let bytes = try Self.read(path) else { return }
    guard let parts = Self.parts(of: bytes) else {
      throw ServerError(
        "the cluster's state_file \(path) is damaged, or of another version of hearthd: "
          + "move it away, and this node loads everything from the others")
    }
    (durable, proposed) = parts
  }

  /// Number of the newest view in it, 0 if there is none.
  var number: UInt64 { max(proposed?.number ?? 0, durable?.view.number ?? 0) }

  /// The newest view in it.
  var view: View? { proposed ?? durable?.view }

  /// Makes the state durable; false: it is not, and `trouble` says why.
  func persist(_ state: DurableState) -> Bool {
    let left = proposed.flatMap { $0.number > state.view.number ? $0 : nil }
    guard write(state, left) else { return false }
    (durable, proposed) = (state, left)
    return true
  }

  /// Makes a view durable beside the state, which belongs to an older one; false: it is not.
  func propose(_ view: View) -> Bool {
    guard write(durable, view) else { return false }
    proposed = view
    return true
  }

  // MARK: bytes

  private static func parts(of bytes: [UInt8]) -> (DurableState?, View?)? {
    guard bytes.count >= headSize + checksumSize, bytes.starts(with: magic) else { return nil }
    return bytes.withUnsafeBytes { raw in
      let end = raw.count - checksumSize
      let checksum = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: end, as: UInt64.self))
      guard let start = raw.baseAddress, hearth_hash(start, end) == checksum else { return nil }
      let lengths = (0..<2).map {
        Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: magic.count + 4 * $0, as: UInt32.self)))
      }
      guard headSize + lengths[0] + lengths[1] == end else { return nil }
      let middle = headSize + lengths[0]
      var parts: (DurableState?, View?) = (nil, nil)
      if lengths[0] > 0 {
        guard let state = DurableState(decoding: UnsafeRawBufferPointer(rebasing: raw[headSize..<middle]))
        else { return nil }
        parts.0 = state
      }
      if lengths[1] > 0 {
        guard let view = View(decoding: UnsafeRawBufferPointer(rebasing: raw[middle..<end])) else {
          return nil
        }
        parts.1 = view
      }
      return parts
    }
  }

  private static func bytes(_ state: DurableState?, _ view: View?) -> [UInt8] {
    var (first, second): ([UInt8], [UInt8]) = ([], [])
    state?.encode(into: &first)
    view?.encode(into: &second)
    var bytes = magic
    for length in [first.count, second.count] {
      withUnsafeBytes(of: UInt32(length).littleEndian) { bytes += $0 }
    }
    bytes += first
    bytes += second
    let checksum = hearth_hash(bytes, bytes.count)
    withUnsafeBytes(of: checksum.littleEndian) { bytes += $0 }
    return bytes
  }

  // MARK: the file

  /// Nil: there is none.
  private static func read(_ path: String) throws(ServerError) -> [UInt8]? {
    func problem(_ code: Int32) -> ServerError {
      ServerError("cannot read the cluster's state_file \(path): \(String(cString: strerror(code)))")
    }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 {
      let code = hearth_errno()
      if code == ENOENT { return nil }
      throw problem(code)
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: sizeLimit)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { raw in
        Glibc.read(file, raw.baseAddress.unsafelyUnwrapped + count, raw.count - count)
      }
      if more == 0 { break }
      if more < 0 {
        let code = hearth_errno()
        if code == EINTR { continue }
        throw problem(code)
      }
      count += more
    }
    bytes.removeSubrange(count...)
    return bytes
  }

  private func write(_ state: DurableState?, _ view: View?) -> Bool {
    let code = replace(Self.bytes(state, view))
    trouble = code == 0 ? "" : "cannot write the state_file \(path): \(String(cString: strerror(code)))"
    return code == 0
  }

  /// Returns 0, or why it failed.
  private func replace(_ bytes: [UInt8]) -> Int32 {
    let fresh = path + ".new"
    let file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if file < 0 { return hearth_errno() }
    var code = Self.fill(file, bytes)
    close(file)
    if code == 0, rename(fresh, path) != 0 { code = hearth_errno() }
    if code != 0 {
      unlink(fresh)
      return code
    }
    // The name is durable only when the directory is.
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let directory = open(slash == path.startIndex ? "/" : String(path[..<slash]), O_RDONLY | O_CLOEXEC)
    if directory < 0 { return hearth_errno() }
    defer { close(directory) }
    return fsync(directory) == 0 ? 0 : hearth_errno()
  }

  private static func fill(_ file: Int32, _ bytes: [UInt8]) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if hearth_errno() != EINTR {
        return hearth_errno()
      }
    }
    return fsync(file) == 0 ? 0 : hearth_errno()
  }
}
