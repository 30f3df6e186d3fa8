/// What a pool does when it is full.
public enum PoolKind: Sendable {
  /// Evicts.
  case cache
  /// Never evicts: a write that does not fit fails.
  case deterministic
}

/// How a pool is set up.
public struct PoolOptions: Sendable {
  /// Name, as it appears in statistics and messages.
  public var name: String
  /// What happens when it is full.
  public var kind: PoolKind
  /// Limit in bytes for segments, index and ghost together.
  public var memory: Int
  /// Largest limit that can be set later, bytes. Costs address space only.
  public var maximumMemory: Int
  /// The byte that ends a group's name within a key, in a pool that keeps generations; nil: it keeps none.
  public var generationDelimiter: UInt8?

  /// Options of one pool; `maximumMemory` is raised to `memory` if smaller.
  public init(name: String, kind: PoolKind, memory: Int, maximumMemory: Int) {
    self.name = name
    self.kind = kind
    self.memory = memory
    self.maximumMemory = max(memory, maximumMemory)
  }

  /// Smallest limit that holds an arena, bytes.
  public static let minimumMemory = 4 << 20
}

/// Why a store could not be set up; the description is one line for the operator.
public struct StoreError: Error, CustomStringConvertible {
  /// What was wrong and what to do.
  public let description: String
  /// The system gave no address space: a lower maximum of the memory may help.
  public var lacksAddressSpace = false
}
