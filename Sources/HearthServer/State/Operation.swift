import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Why a request does not go the usual way.
enum Detour: UInt8 {
  case none
  /// Its pool has herd protection.
  case protected
  /// Its key names a group.
  case group
  /// Its pool is not loaded.
  case loading
  /// A feed writes its key, and it would change it.
  case fed
  /// Another key of its line was refused, which answers all of it.
  case silence
  /// Another node has its key.
  case forward
  /// Other keys of its line are other nodes'.
  case besideForward
  /// Its pool has several copies, and it is executed here.
  case replicated
  /// Nobody may answer it now.
  case stalled
  /// Another node has passed it on, but this one may not answer it.
  case refused
  /// A bump before it, in the same connection, is being told to other nodes.
  case behindBump
  /// Fewer copies of its key are ready than its pool asks for.
  case tooFewCopies
}

/// One request of a batch: parsed, its key hashed, its bucket on the way into the cache. The bytes it refers to
/// stay in place until the batch was executed.
struct Operation: ~Copyable {
  var request: Request
  /// The parser before the request, and where in the input it begins: to give it back unexecuted.
  var parser = RequestParser()
  var at: Int32 = 0
  /// Bytes of it in the input; of one of several keys, of the key.
  var length: Int32 = 0
  /// It can be given back to the connection's input.
  var mayWait = true
  /// With `forward`: the node.
  var node: UInt8 = 0
  /// In a pool with several copies: the nodes that have the key.
  var owners = NodeSet()
  /// Another node passed it on, and this is the last of what its frame holds.
  var endsFrame = false
  /// The number of its frame, where another node passed it on; 0: a client's own.
  var frame: UInt64 = 0
  /// Who has sent it to that node, by his name in the lease tables, 0: that was not said; and whether he holds a lease.
  var client: UInt64 = 0
  var clientHoldsLease = false
  /// It is one of the keys of a line whose end is not its node's.
  var isFragment = false
  /// With a frame: its sender's client knows one pool alone, or its key is no group's.
  var isForOwnPool = false
  /// What keeps it from the usual way.
  var detour = Detour.none
  /// What the request's ranges count from.
  var input: UnsafeRawBufferPointer
  var key: Key
  var pool: UnsafeMutablePointer<ServerPool>
  /// Who asked: a `Connection`, or the number of a datagram plus one.
  var origin: UnsafeMutableRawPointer

  @inline(__always)
  func bytes(_ range: ByteRange) -> UnsafeRawBufferPointer {
    range.bytes(in: input)
  }

  /// The CAS that the client sees.
  @inline(__always)
  func cas(of locked: inout LockedKey) -> UInt64 { pool.pointee.showsCAS ? locked.observeCAS() : 0 }

  /// The data block of a storage request.
  @inline(__always)
  var data: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: input.baseAddress.unsafelyUnwrapped + Int(request.data), count: Int(request.dataLength))
  }
}
