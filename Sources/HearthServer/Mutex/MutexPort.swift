import CHearth
import HearthConfig
import HearthHerd

/// The side port for clients of the KeyedMutex protocol: one table of held keys for all workers, behind a lock. A
/// handle to memory that lives for ever. Any thread.
///
/// The table decides, under the lock and for bounded time; what it decides is carried out by the worker that owns the
/// connection (`Worker+Mutex.swift`). There is a table without a port too, so that a store has one word to look at.
struct MutexPort {
  /// The tag of the port's listeners; others have 0, or the number of their pool plus one.
  static let tag: Int32 = -1
  /// Input bytes handled in one hold of the lock: some thirty keys taken and released.
  static let inputPart = 512
  /// Owners closed, or keys listed, in one hold of the lock.
  static let step = 64

  let table: UnsafeMutablePointer<KeyedMutexTable>
  /// Tells without the lock whether anybody waits.
  let waitingWord: UnsafePointer<UInt32>
  private let shared: UnsafeMutablePointer<Shared>

  /// Beside the table, which has no lock of its own.
  private struct Shared {
    var lock: UInt32 = 0
    var connections = 0
    /// Connections refused because there were too many.
    var refused: UInt64 = 0
  }

  /// The port of a configuration; nil: nobody will connect.
  init(_ configuration: MutexConfiguration?) {
    table = .allocate(capacity: 1)
    let options = configuration.map { MutexOptions($0) } ?? MutexOptions()
    table.initialize(to: KeyedMutexTable(options, seed: .random(in: .min ... .max)))
    waitingWord = table.pointee.waitingWord
    shared = .allocate(capacity: 1)
    shared.initialize(to: Shared())
    if configuration != nil { KeyDigest.prepare() }
  }

  /// Runs `body` with the table's lock held and the time in milliseconds, which is read under it: the table is never
  /// told an earlier time than before.
  @inline(__always)
  func locked<R>(_ body: (_ now: UInt64) -> R) -> R {
    hearth_lock(&shared.pointee.lock)
    defer { hearth_unlock(&shared.pointee.lock) }
    return body(Self.now)
  }

  /// Milliseconds of the monotonic clock.
  static var now: UInt64 { hearth_monotonic_ns() / 1_000_000 }

  /// A connection begins. False: there are too many, close it.
  func admit() -> Bool {
    locked { _ in
      if shared.pointee.connections >= table.pointee.options.maximumPeers {
        shared.pointee.refused += 1
        return false
      }
      shared.pointee.connections += 1
      return true
    }
  }

  /// A connection that was admitted ends, and its claim with it.
  func leave(_ claim: MutexClaim, _ actions: inout MutexActions) {
    locked { now in
      shared.pointee.connections -= 1
      table.pointee.release(claim, now: now, &actions)
    }
  }

  /// What operators see of the port.
  var figures: MutexFigures {
    locked { now in
      var counters = table.pointee.counters
      counters.refused += shared.pointee.refused
      return MutexFigures(
        counters: counters, held: table.pointee.held, waiting: table.pointee.waitingPeers,
        longestHold: table.pointee.longestHold(now: now), connections: shared.pointee.connections,
        bytes: table.pointee.bytes + shared.pointee.connections * MutexSession.bytes,
        options: table.pointee.options)
    }
  }

  /// Changes rules or bounds while clients are connected.
  func change(_ body: (inout MutexOptions) -> Void) {
    locked { _ in body(&table.pointee.options) }
  }
}

extension MutexOptions {
  /// The rules of a configuration.
  init(_ configuration: MutexConfiguration) {
    self.init(
      mode: MutexMode(configuration.mode), timeOut: UInt64(configuration.timeOut),
      maximumPeers: configuration.connectionLimit, maximumWaiters: configuration.waiterLimit)
  }
}

extension MutexMode {
  /// The mode that a configuration names.
  init(_ mode: MutexConfiguration.Mode) { self = mode == .queue ? .queue : .tell }

  /// Its name in the configuration.
  var name: String { (self == .queue ? MutexConfiguration.Mode.queue : .notify).rawValue }
}
