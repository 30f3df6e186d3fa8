/// Memory, and the flags that steer memcached's slabs.
enum MemoryFlags {
  static let all: [Flag] = [
    Flag("m", "memory-limit", .required) { (given, draft) throws(ConfigurationError) in
      let mebibytes = try given.integer(0...(4 << 20), unit: "MiB")
      draft.memory = Located(mebibytes.value << 20, mebibytes.origin)
    },
    Flag("M", "disable-evictions") { (_, draft) throws(ConfigurationError) in draft.defaultPoolKeepsAll = true
    },
    Flag("I", "max-item-size", .required) { (given, draft) throws(ConfigurationError) in
      guard let size = Quantity.size(given.value) else {
        throw given.origin.error(
          "\(quoted(given.value)) is not a size", "give bytes, or a number with k or m, as in -I 2m")
      }
      guard Draft.itemSizeRange.contains(size) else {
        throw given.origin.error("\(quoted(given.value)) is out of range", "give 1k to 1024m")
      }
      draft.itemSizeLimit = Located(size, given.origin)
    },
    Flag("k", "lock-memory") { (_, draft) throws(ConfigurationError) in draft.configuration.lockMemory = true
    },
    Flag("e", "memory-file", .required) { (given, _) throws(ConfigurationError) in
      throw given.origin.error("the restart file is not in this version yet", "remove the flag")
    },
    Flag("f", "slab-growth-factor", .required) { (_, draft) throws(ConfigurationError) in
      draft.note("-f has no meaning here: there are no slab classes")
    },
    Flag("n", "slab-min-size", .required) { (_, draft) throws(ConfigurationError) in
      draft.note("-n has no meaning here: there are no slab classes")
    },
    Flag("L", "enable-largepages") { (_, draft) throws(ConfigurationError) in
      draft.note("-L has no meaning here: the index always asks for huge pages")
    },
  ]
}
