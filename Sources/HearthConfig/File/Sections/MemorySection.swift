/// Memory for everything, and what one item may take of it.
enum MemorySection {
  static let fields: [Field<Draft>] = [
    Field("memory") { (entry, draft) throws(ConfigurationError) in
      draft.memory = try entry.size(Draft.memoryRange)
    },
    Field("maximum_memory") { (entry, draft) throws(ConfigurationError) in
      draft.maximumMemory = try entry.size(Draft.maximumMemoryRange)
    },
    Field("item_size_limit") { (entry, draft) throws(ConfigurationError) in
      draft.itemSizeLimit = try entry.size(Draft.itemSizeRange)
    },
    Field("lock_memory") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.lockMemory = try entry.boolean()
    },
  ]
}
