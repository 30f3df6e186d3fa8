extension Draft {
  /// Bytes; below this the engine has too few segments to work with.
  static let smallestArena = 8 << 20
  /// Bytes that `memory` may be at most: a quarter of what `maximum_memory` may reserve.
  static let memoryRange = 0...(4 << 40)
  static let maximumMemoryRange = 0...(16 << 40)
  /// Bytes; memcached's range of `-I`.
  static let itemSizeRange = (1 << 10)...(1 << 30)

  mutating func finishMemory() throws(ConfigurationError) {
    let total = memory.value
    guard total >= Self.smallestArena else {
      throw memory.origin.error(
        "\(Quantity.bytes(total)) is smaller than the smallest arena, 8 MiB",
        memory.origin.isFlag ? "give -m 8 or more" : "give 8m or more")
    }
    configuration.memory = total
    configuration.maximumMemory = Configuration.presetMaximum(memory: total)
    if let maximum = maximumMemory {
      guard maximum.value >= total else {
        throw maximum.origin.error(
          "\(Quantity.bytes(maximum.value)) is less than the memory limit itself, \(Quantity.bytes(total))",
          "give \(Quantity.written(total)) or more, or remove the key")
      }
      configuration.maximumMemory = maximum.value
      configuration.hasPresetMaximum = false
    }
    configuration.itemSizeLimit = itemSizeLimit.value
  }
}
