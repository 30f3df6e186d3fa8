import COpenSSL

/// The hash of libmemcached's ketama: MD5, of which one point takes four bytes, the lowest first (libhashkit, `md5.cc`).
public enum KetamaHash {
  /// Where on the ring a key is. A tenth of a microsecond.
  public static func point(of key: UnsafeRawBufferPointer) -> UInt32 { points(of: key).0 }

  /// The four points of one digest.
  static func points(of bytes: UnsafeRawBufferPointer) -> (UInt32, UInt32, UInt32, UInt32) {
    var context = MD5_CTX()
    var digest: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    MD5_Init(&context)
    MD5_Update(&context, bytes.baseAddress, bytes.count)
    withUnsafeMutableBytes(of: &digest) { raw in
      _ = MD5_Final(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), &context)
    }
    return (
      UInt32(littleEndian: digest.0), UInt32(littleEndian: digest.1), UInt32(littleEndian: digest.2),
      UInt32(littleEndian: digest.3)
    )
  }
}
