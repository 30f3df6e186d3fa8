/// The options of `-o`, memcached's names.
enum ExtendedOptions {
  static let flag = Flag("o", "extended", .required) { (given, draft) throws(ConfigurationError) in
    for part in given.value.split(separator: ",") {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      try apply(String(pieces[0]), pieces.count > 1 ? String(pieces[1]) : nil, given.origin, &draft)
    }
  }

  /// Why the options that steer memcached's own machinery do nothing here.
  private static let withoutMeaning: [(names: [String], reason: String)] = [
    (["hashpower", "no_hashexpand"], "the index grows by itself"),
    (["hash_algorithm"], "the hash is always XXH3"),
    (
      [
        "slab_reassign", "no_slab_reassign", "slab_automove", "no_slab_automove", "slab_automove_ratio",
        "slab_automove_window", "slab_automove_freeratio", "slab_sizes", "slab_chunk_max", "no_chunked_items",
      ], "there are no slab classes"
    ),
    (
      [
        "lru_crawler", "no_lru_crawler", "lru_crawler_sleep", "lru_crawler_tocrawl", "lru_maintainer",
        "no_lru_maintainer",
      ], "expired items are always collected"
    ),
    (
      [
        "hot_lru_pct", "warm_lru_pct", "hot_max_factor", "warm_max_factor", "temporary_ttl",
        "tail_repair_time",
      ], "there are no LRU lists"
    ),
    (["maxconns_fast", "no_maxconns_fast"], "connections beyond -c are always refused at once"),
    (["read_buf_mem_limit", "resp_obj_mem_limit"], "the buffers of connections have a share of -m"),
    (["watcher_logbuf_size", "worker_logbuf_size"], "there are no watch commands"),
    (["track_sizes"], "the sizes are always known"),
    (["inline_ascii_resp", "no_inline_ascii_resp", "modern", "no_modern"], "there is one set of defaults"),
    (["relaxed_privileges", "drop_privileges", "no_drop_privileges"], "system calls are not filtered"),
    (["sock_cookie_id"], "sockets carry no mark"),
    (
      [
        "ext_path", "ext_page_size", "ext_wbuf_size", "ext_threads", "ext_io_depth", "ext_item_size",
        "ext_item_age", "ext_low_ttl", "ext_drop_unread", "ext_recache_rate", "ext_compact_under",
        "ext_drop_under", "ext_max_frag", "ext_max_sleep",
      ], "items are kept in memory only"
    ),
  ]

  /// Options that promise what this version does not keep; ignoring them would mislead.
  private static let refused: [(prefix: String, reason: String)] = [
    ("ssl_", "TLS is not in this version yet"),
    ("proxy_", "hearthd is not a proxy"),
  ]

  private static func apply(
    _ name: String, _ value: String?, _ origin: Origin, _ draft: inout Draft
  ) throws(ConfigurationError) {
    if name == "idle_timeout" {
      draft.configuration.idleTimeout = try idleTimeout(value, origin)
      return
    }
    if let known = withoutMeaning.first(where: { $0.names.contains(name) }) {
      draft.note("-o \(name) has no meaning here: \(known.reason)")
      return
    }
    if let refusal = refused.first(where: { name.hasPrefix($0.prefix) }) {
      throw origin.error("\(quoted(name)): \(refusal.reason)", "remove the option")
    }
    let near = nearestWord(to: name, in: ["idle_timeout"] + withoutMeaning.flatMap(\.names))
    throw origin.error(
      "unknown option \(quoted(name))", near.map { "did you mean \($0)?" } ?? "hearthd -h lists them")
  }

  private static func idleTimeout(_ value: String?, _ origin: Origin) throws(ConfigurationError) -> Int {
    let range = ServerSection.idleRange
    guard let value, let seconds = Quantity.integer(value), range.contains(seconds) else {
      throw origin.error(
        "idle_timeout needs a number of seconds\(value.map { ", not \(quoted($0))" } ?? "")",
        "give idle_timeout=\(range.lowerBound) to \(range.upperBound)")
    }
    return seconds
  }
}
