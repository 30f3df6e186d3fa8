/// What some rows of a table become, without storing it.
public struct Preview: Sendable, Equatable {
  /// One effect of a row.
  public struct Entry: Sendable, Equatable {
    /// What happens to the key.
    public enum Kind: String, Sendable {
      case store
      /// A group is made void.
      case bump
      /// It is asked from the database.
      case requery
    }

    /// What happens.
    public let kind: Kind
    /// The key or the group.
    public let key: [UInt8]
    /// The first bytes of the value.
    public let value: [UInt8]
    /// Bytes of the whole value.
    public let length: Int
    /// What clients get as the item's flags.
    public let flags: UInt32
    /// Seconds; 0: no end.
    public let ttl: UInt32
  }

  /// Bytes of a value that are shown.
  static let valueLimit = 2048
  /// Most rows.
  public static let rowLimit = 100

  /// In the order of the rows.
  public internal(set) var entries: [Entry] = []
  /// Rows that were read.
  public internal(set) var rows = 0
  /// Rows that do not satisfy `where`.
  public internal(set) var excluded = 0
  /// Entries that a row gives no valid key for, or no value.
  public internal(set) var skipped = 0

  /// How far a preview that was asked for is.
  public enum State: Sendable, Equatable {
    case pending
    case done(Preview)
    /// Why there is none, one line.
    case failed(String)
  }
}

/// The previews that were asked for, the last few. Under the feed's lock.
struct PreviewQueue {
  struct Request {
    let number: UInt64
    let table: Int
    let rows: Int
  }

  private static let limit = 8
  private var states: [(number: UInt64, state: Preview.State)] = []
  private var waiting: [Request] = []
  private var last: UInt64 = 0

  mutating func add(table: Int, rows: Int) -> UInt64 {
    last += 1
    if states.count == Self.limit {
      let gone = states.removeFirst().number
      waiting.removeAll { $0.number == gone }
    }
    states.append((last, .pending))
    waiting.append(Request(number: last, table: table, rows: min(max(rows, 1), Preview.rowLimit)))
    return last
  }

  mutating func take() -> Request? { waiting.isEmpty ? nil : waiting.removeFirst() }

  mutating func finish(_ number: UInt64, _ state: Preview.State) {
    guard let index = states.firstIndex(where: { $0.number == number }) else { return }
    states[index].state = state
  }

  /// Nil: it was never asked for, or too long ago.
  func state(_ number: UInt64) -> Preview.State? { states.first { $0.number == number }?.state }
}

extension DatabaseFeed {
  /// Asks for the effects of the first rows of a table. Returns the number of the request; nil: there is no such table.
  public func preview(_ table: String, rows: Int) -> UInt64? {
    monitor.locked {
      guard let found = tables.first(where: { $0.name.description == table }) else { return nil }
      defer { monitor.wakeAll() }
      return previews.add(table: found.index, rows: rows)
    }
  }

  /// Nil: there is no such request, or it was too long ago.
  public func preview(_ number: UInt64) -> Preview.State? {
    monitor.locked {
      let state = previews.state(number)
      if state == .pending, !isConnected {
        return .failed(status.lastError.isEmpty ? "the database is not connected" : status.lastError)
      }
      return state
    }
  }
}

extension TableReader {
  func perform(
    _ request: PreviewQueue.Request, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) {
    let table = feed.tables[request.table]
    let (definition, mapping, problem) = feed.monitor.locked {
      (table.definition, table.mapping, table.problem)
    }
    guard let definition, let mapping else {
      let reason = problem ?? "the definition of \(table.name) is not known yet"
      feed.monitor.locked { feed.previews.finish(request.number, .failed(reason)) }
      return
    }
    var preview = Preview()
    do throws(DatabaseError) {
      let query = RowQuery(definition)
      let result = try connection.query(query.first(request.rows))
      while result.next(into: &image) {
        query.normalize(&image)
        preview.rows += 1
        effects.removeAll()
        mapping.insert(image, into: &effects)
        if mapping.qualifies(image) == false { preview.excluded += 1 } else { add(to: &preview) }
      }
    } catch {
      feed.monitor.locked { feed.previews.finish(request.number, .failed("\(error)")) }
      throw error
    }
    preview.skipped = Int(effects.skippedRows)
    effects.resetSkips()
    effects.removeAll()
    feed.monitor.locked { feed.previews.finish(request.number, .done(preview)) }
  }

  private func add(to preview: inout Preview) {
    for mutation in effects.mutations {
      let kind: Preview.Entry.Kind
      var value: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
      switch mutation.kind {
      case .store:
        kind = .store
        value = effects.value(of: mutation)
      case .bump: kind = .bump
      case .requery: kind = .requery
      case .delete: continue
      }
      preview.entries.append(
        Preview.Entry(
          kind: kind, key: Array(effects.key(of: mutation)), value: Array(value.prefix(Preview.valueLimit)),
          length: value.count, flags: mutation.flags, ttl: mutation.ttl))
    }
  }
}
