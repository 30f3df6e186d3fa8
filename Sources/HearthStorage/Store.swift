import CHearth
import Glibc

/// All pools of a daemon. Created once before the workers start, and never destroyed while they run.
public final class Store: @unchecked Sendable {
  private(set) var pools: [Pool] = []
  /// Posted by whoever takes memory into use, see `prepareMemory`.
  let preparation: UnsafeMutablePointer<sem_t>
  /// Atomic; 1 when `prepareMemory` is to return.
  let preparationEnds: UnsafeMutablePointer<UInt64>

  /// Reserves address space for the pools (memory comes with use, so this takes no time at any size).
  /// Throws when the system gives no address space, or a limit is below the smallest arena.
  public init(pools options: [PoolOptions], workers: Int) throws(StoreError) {
    preparation = .allocate(capacity: 1)
    sem_init(preparation, 0, 0)
    preparationEnds = .allocate(capacity: 1)
    preparationEnds.initialize(to: 0)
    for option in options {
      if option.memory < PoolOptions.minimumMemory {
        throw StoreError(
          description: "pool \(option.name): \(option.memory) bytes are less than the smallest arena, "
            + "\(PoolOptions.minimumMemory >> 20) MiB; give it more memory")
      }
      let index = pools.count
      pools.append(
        Pool(try Store.build(option, index: index, workers: workers, preparation), index: index))
    }
  }

  /// The pool with this number, in the order given.
  public func pool(_ index: Int) -> Pool { pools[index] }

  /// Number of pools.
  public var count: Int { pools.count }

  private static func reserve(_ bytes: Int, for pool: String) throws(StoreError) -> UnsafeMutableRawPointer {
    guard let start = hearth_reserve(bytes) else {
      throw StoreError(
        description: "pool \(pool): cannot map \(bytes >> 20) MiB of address space "
          + "(\(String(cString: strerror(hearth_errno())))); lower the memory limit, or raise ulimit -v",
        lacksAddressSpace: true)
    }
    return start
  }

  /// The table of a pool's generations may take an eighth of its memory.
  private static func generations(_ options: PoolOptions) -> UnsafeMutablePointer<GenerationTable>? {
    options.generationDelimiter.map { delimiter in
      let table = UnsafeMutablePointer<GenerationTable>.allocate(capacity: 1)
      table.initialize(to: GenerationTable(delimiter: delimiter, maximumBytes: options.memory / 8))
      return table
    }
  }

  private static func build(
    _ options: PoolOptions, index: Int, workers: Int, _ preparation: UnsafeMutablePointer<sem_t>
  ) throws(StoreError) -> UnsafeMutablePointer<PoolState> {
    let geometry = Geometry(
      memory: options.memory, maximumMemory: options.maximumMemory, workers: workers)
    let perShard = geometry.segmentsPerShard
    let leafBytes =
      Leaf.indexBytes + (options.kind == .cache ? Leaf.buckets * Leaf.ghostRowBytes : 0)
    let segments = try reserve(geometry.shards * perShard << geometry.segmentShift, for: options.name)
    let headerBytes = geometry.shards * perShard * MemoryLayout<SegmentHeader>.stride
    let headers = try reserve(headerBytes, for: options.name).bindMemory(
      to: SegmentHeader.self, capacity: geometry.shards * perShard)
    let leaves = try reserve((geometry.maximumLeaves + 1) * leafBytes, for: options.name)
    let directories = try reserve(geometry.shards << geometry.maximumDepth * 4, for: options.name)
      .bindMemory(to: UInt32.self, capacity: geometry.shards << geometry.maximumDepth)
    let sparse = try reserve(geometry.shards * perShard * 4, for: options.name)
      .bindMemory(to: UInt32.self, capacity: geometry.shards * perShard)
    // The first 2 MiB of each region have small pages: a pool that is hardly used takes little memory, and the
    // first writes wait for no huge page.
    if geometry.usesHugePages {
      let region = perShard << geometry.segmentShift
      for i in 0..<geometry.shards {
        hearth_huge_pages(segments + i * region + Geometry.hugePage, region - Geometry.hugePage)
      }
      hearth_huge_pages(
        leaves + Geometry.hugePage, max(0, (geometry.maximumLeaves + 1) * leafBytes - Geometry.hugePage))
    }

    let shards = UnsafeMutablePointer<Shard>.allocate(capacity: geometry.shards)
    let pool = UnsafeMutablePointer<PoolState>.allocate(capacity: 1)
    pool.initialize(
      to: PoolState(
        geometry: geometry, kind: options.kind, index: index, limit: UInt64(options.memory),
        leafBytes: leafBytes,
        leaves: leaves, shards: shards, preparation: preparation, generations: generations(options)))
    // A new arena's incarnations go on from the wall clock (milliseconds since 2020), so that no CAS of an
    // earlier run comes again.
    let incarnation = hearth_wall_ns() / 1_000_000 - 1_577_836_800_000
    for i in 0..<geometry.shards {
      (shards + i).initialize(
        to: Shard(
          pool: pool, geometry: geometry, kind: options.kind, incarnation: incarnation,
          leafBytes: leafBytes, leaves: leaves, directory: directories + i << geometry.maximumDepth,
          segments: segments + (i * perShard - 1) << geometry.segmentShift, headers: headers + i * perShard,
          sparse: sparse + i * perShard))
      guard let leaf = pool.allocateLeaf() else {
        throw StoreError(description: "pool \(options.name): no room for the index; give it more memory")
      }
      shards[i].directory[0] = leaf
    }
    return pool
  }
}
