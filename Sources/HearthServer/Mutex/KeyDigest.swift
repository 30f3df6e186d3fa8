import COpenSSL
import HearthHerd
import HearthStorage

/// The MD5 of a key, by which clients of the mutex port name it.
enum KeyDigest {
  /// Nil where OpenSSL is configured to refuse MD5.
  static func md5(_ bytes: UnsafeRawPointer, _ count: Int) -> MutexKey? {
    withUnsafeTemporaryAllocation(byteCount: Int(EVP_MAX_MD_SIZE), alignment: 16) { digest in
      let start = digest.baseAddress.unsafelyUnwrapped
      let bound = start.assumingMemoryBound(to: UInt8.self)
      var length: UInt32 = 0
      guard EVP_Digest(bytes, count, bound, &length, EVP_md5(), nil) == 1, length == 16 else { return nil }
      return MutexKey(start)
    }
  }

  /// OpenSSL prepares itself at its first use, which takes milliseconds: before the workers start.
  static func prepare() {
    var byte: UInt8 = 0
    _ = md5(&byte, 1)
  }
}
