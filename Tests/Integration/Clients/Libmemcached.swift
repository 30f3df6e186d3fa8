import CLibmemcached
import Glibc

/// A libmemcached client that speaks the text protocol, for one test and one thread. It keeps its daemons alive.
final class Libmemcached {
  /// What a key holds.
  struct Item: Equatable {
    var value: [UInt8]
    var flags: UInt32 = 0
    var cas: UInt64 = 0

    var text: String { String(decoding: value, as: UTF8.self) }
  }

  let handle: UnsafeMutablePointer<memcached_st>
  private let daemons: [Daemon]

  init(_ daemons: [Daemon], _ behaviors: [memcached_behavior_t] = []) throws {
    guard let handle = memcached_create(nil) else { throw TestFailure("memcached_create failed") }
    self.handle = handle
    self.daemons = daemons
    try turnOn([MEMCACHED_BEHAVIOR_TCP_NODELAY] + behaviors)
    for daemon in daemons {
      let status =
        if let path = daemon.path {
          memcached_server_add_unix_socket(handle, path)
        } else {
          memcached_server_add(handle, "127.0.0.1", daemon.port)
        }
      try check(status, "memcached_server_add")
    }
  }

  deinit { memcached_free(handle) }

  private func turnOn(_ behaviors: [memcached_behavior_t]) throws {
    for behavior in behaviors {
      try check(memcached_behavior_set(handle, behavior, 1), "behavior \(behavior)")
    }
  }

  /// What the library says about a status and, where it has one, the server's own words.
  func describe(_ status: memcached_return_t) -> String {
    let general = memcached_strerror(handle, status).map { String(cString: $0) } ?? "\(status.rawValue)"
    let last = memcached_last_error_message(handle).map { String(cString: $0) } ?? ""
    return last.isEmpty ? general : "\(general) (\(last))"
  }

  private func check(_ status: memcached_return_t, _ what: String) throws {
    guard status == MEMCACHED_SUCCESS else { throw TestFailure("\(what): \(describe(status))") }
  }

  // ---- storage ----

  typealias Storage = (
    UnsafeMutablePointer<memcached_st>?, UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, Int, time_t,
    UInt32
  ) -> memcached_return_t

  /// One of `memcached_set`, `memcached_add` and so on.
  func store(
    _ command: Storage, _ key: String, _ value: [UInt8], flags: UInt32 = 0, expire: Int = 0
  ) -> memcached_return_t {
    value.withUnsafeBytes { raw in
      command(
        handle, key, key.utf8.count, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count, expire,
        flags)
    }
  }

  func store(
    _ command: Storage, _ key: String, _ value: String, flags: UInt32 = 0, expire: Int = 0
  ) -> memcached_return_t {
    store(command, key, Array(value.utf8), flags: flags, expire: expire)
  }

  func set(_ key: String, _ value: String, flags: UInt32 = 0, expire: Int = 0) -> memcached_return_t {
    store(memcached_set, key, value, flags: flags, expire: expire)
  }

  func compareAndSwap(_ key: String, _ value: String, cas: UInt64) -> memcached_return_t {
    memcached_cas(handle, key, key.utf8.count, value, value.utf8.count, 0, 0, cas)
  }

  // ---- retrieval ----

  /// The item, or nil for a miss.
  func get(_ key: String) throws -> Item? {
    var length = 0
    var flags: UInt32 = 0
    var status = MEMCACHED_SUCCESS
    let value = memcached_get(handle, key, key.utf8.count, &length, &flags, &status)
    defer { free(value) }
    if status == MEMCACHED_NOTFOUND { return nil }
    try check(status, "get \(key)")
    return Item(value: bytes(value, length), flags: flags)
  }

  /// The items that are there, fetched with one multiget; their CAS values too when the client asks for them.
  func getMany(_ keys: [String]) throws -> [String: Item] {
    let names = keys.map { strdup($0) }
    defer { for name in names { free(name) } }
    let lengths = keys.map { $0.utf8.count }
    try check(memcached_mget(handle, names.map { UnsafePointer($0) }, lengths, keys.count), "mget")
    var items: [String: Item] = [:]
    var status = MEMCACHED_SUCCESS
    while let result = memcached_fetch_result(handle, nil, &status) {
      let key = bytes(memcached_result_key_value(result), memcached_result_key_length(result))
      items[String(decoding: key, as: UTF8.self)] = Item(
        value: bytes(memcached_result_value(result), memcached_result_length(result)),
        flags: memcached_result_flags(result), cas: memcached_result_cas(result))
      memcached_result_free(result)
    }
    guard status == MEMCACHED_END || status == MEMCACHED_NOTFOUND else {
      throw TestFailure("mget of \(keys.count) keys: \(describe(status))")
    }
    return items
  }

  private func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> [UInt8] {
    UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).map { UInt8(bitPattern: $0) }
  }

  // ---- the rest ----

  func increment(_ key: String, by amount: UInt32) throws -> UInt64? {
    var value: UInt64 = 0
    return try number(memcached_increment(handle, key, key.utf8.count, amount, &value), "increment", value)
  }

  func decrement(_ key: String, by amount: UInt32) throws -> UInt64? {
    var value: UInt64 = 0
    return try number(memcached_decrement(handle, key, key.utf8.count, amount, &value), "decrement", value)
  }

  private func number(_ status: memcached_return_t, _ what: String, _ value: UInt64) throws -> UInt64? {
    if status == MEMCACHED_NOTFOUND { return nil }
    try check(status, what)
    return value
  }

  func delete(_ key: String) -> memcached_return_t { memcached_delete(handle, key, key.utf8.count, 0) }
  func touch(_ key: String, expire: Int) -> memcached_return_t {
    memcached_touch(handle, key, key.utf8.count, expire)
  }
  func exists(_ key: String) -> memcached_return_t { memcached_exist(handle, key, key.utf8.count) }
}
