/// A process's resident memory, divided into what its pools are kept in and everything else (proc(5), `smaps`).
struct MemoryMaps: Equatable, Sendable {
  /// Of the mappings that pools live in: items, index and what was made ready for them.
  private(set) var pools: UInt64 = 0
  /// Of all others: program, stacks, heap, buffers.
  private(set) var others: UInt64 = 0

  private struct Mapping {
    var start: UInt64
    var end: UInt64
    var resident: UInt64 = 0
    var flags: Set<Substring> = []
  }

  init(pid: Int32) throws(SystemError) { self.init(smaps: try TextFile.read("/proc/\(pid)/smaps")) }

  /// Pools live in one reservation without backing (flag `nr`), most of which asks for huge pages (`hg`) and nothing else does:
  /// the runs of adjoining `nr` mappings in which there is an `hg`.
  init(smaps: String) {
    var run: [Mapping] = []
    func end() {
      let resident = run.reduce(0) { $0 + $1.resident }
      if run.contains(where: { $0.flags.contains("hg") }) { pools += resident } else { others += resident }
      run = []
    }
    for mapping in Self.mappings(smaps) {
      let goesOn =
        run.last.map { $0.end == mapping.start && $0.flags.contains("nr") && mapping.flags.contains("nr") }
        ?? true
      if !goesOn { end() }
      run.append(mapping)
    }
    end()
  }

  private static func mappings(_ smaps: String) -> [Mapping] {
    var all: [Mapping] = []
    for line in smaps.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let first = words.first else { continue }
      if !first.hasSuffix(":") {
        let ends = first.split(separator: "-").compactMap { UInt64($0, radix: 16) }
        if ends.count == 2 { all.append(Mapping(start: ends[0], end: ends[1])) }
      } else if all.isEmpty {
        continue
      } else if first == "Rss:", words.count > 1, let kilobytes = UInt64(words[1]) {
        all[all.count - 1].resident = kilobytes * 1024
      } else if first == "VmFlags:" {
        all[all.count - 1].flags = Set(words.dropFirst())
      }
    }
    return all
  }
}
