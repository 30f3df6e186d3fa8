import HearthConfig

/// The changes that events cause, in order, with the bytes of their keys and values. One thread uses it over and over:
/// nothing is allocated once it has grown to the largest batch, and what was exceptional is given back.
public struct RowEffects: ~Copyable {
  /// More are not remembered.
  private static let keptMutations = 1 << 14

  /// In the order in which they have to be applied.
  public private(set) var mutations: [Mutation] = []
  /// Rows without an entry since the last `resetSkips`, by `KeyProblem`.
  private var skips: InlineArray<8, Int> = InlineArray(repeating: 0)
  /// Examples of them, the first for each table and reason.
  public private(set) var examples: [SkippedRow] = []

  var bytes = RenderBuffer()
  private var parameters: [(start: Int, count: Int)] = []

  /// Nothing yet.
  public init() {}

  /// Bytes of keys and values: what a caller looks at to apply a long transaction in parts.
  public var byteCount: Int { bytes.count }

  /// The key, or the group's name; in place until the next event.
  public func key(of mutation: Mutation) -> UnsafeRawBufferPointer {
    bytes.bytes(from: mutation.keyStart, count: mutation.keyCount)
  }

  /// The value to store; in place until the next event.
  public func value(of mutation: Mutation) -> UnsafeRawBufferPointer {
    bytes.bytes(from: mutation.valueStart, count: mutation.valueCount)
  }

  /// The text for a `?` of a requery's statement; in place until the next event.
  public func parameter(_ index: Int, of mutation: Mutation) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < mutation.parameterCount)
    let parameter = parameters[mutation.parameterStart + index]
    return bytes.bytes(from: parameter.start, count: parameter.count)
  }

  /// How many entries were left out for this reason.
  public func skipped(_ problem: KeyProblem) -> Int { skips[Int(problem.rawValue)] }

  /// All that were left out.
  var skippedRows: UInt64 { KeyProblem.allCases.reduce(0) { $0 + UInt64(skipped($1)) } }

  /// Forgets the changes, not the counts.
  public mutating func removeAll() {
    mutations.removeAll(keepingCapacity: mutations.count <= Self.keptMutations)
    parameters.removeAll(keepingCapacity: parameters.count <= Self.keptMutations)
    bytes.removeAll()
  }

  /// Forgets what is to be stored or removed; groups are still made void, and the database is asked.
  mutating func removeEntries() { mutations.removeAll { $0.kind == .store || $0.kind == .delete } }

  /// Begins to count anew.
  public mutating func resetSkips() {
    skips = InlineArray(repeating: 0)
    examples.removeAll(keepingCapacity: true)
  }

  mutating func append(_ mutation: Mutation) { mutations.append(mutation) }

  mutating func replaceLast(_ mutation: Mutation) { mutations[mutations.count - 1] = mutation }

  /// Takes the last mutation back, with its bytes and all that was written after them.
  mutating func removeLast() { bytes.truncate(to: mutations.removeLast().keyStart) }

  /// Counts a row without an entry; answers whether it is the first for its reason.
  mutating func skip(_ problem: KeyProblem, table: Int, _ template: KeyTemplate) -> Bool {
    skips[Int(problem.rawValue)] += 1
    return !examples.contains { $0.table == table && $0.problem == problem && $0.template == template }
  }

  mutating func keep(_ row: SkippedRow) { examples.append(row) }

  /// Copies a row's value for a statement; answers its index.
  mutating func addParameter(_ value: UnsafeRawBufferPointer) -> Int {
    parameters.append((bytes.count, value.count))
    bytes.append(value)
    return parameters.count - 1
  }
}
