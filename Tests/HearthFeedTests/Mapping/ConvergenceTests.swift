import Foundation
import HearthConfig
import HearthFeed
import Testing

/// Whatever happens to a table, its entries are those of the rows that are left.
struct ConvergenceTests {
  private static let shape = columns("id:integer:key name:text active:integer note:bytes doc:json")

  private struct Pool {
    var entries: [String: String] = [:]
    var stores = 0

    mutating func apply(_ effects: borrowing RowEffects) {
      for mutation in effects.mutations {
        let key = String(decoding: effects.key(of: mutation), as: UTF8.self)
        switch mutation.kind {
        case .store:
          entries[key] = String(decoding: effects.value(of: mutation), as: UTF8.self)
          stores += 1
        case .delete: entries[key] = nil
        case .bump, .requery: break
        }
      }
    }
  }

  private func values(_ id: Int) -> [Cell] {
    let names: [Cell] = ["a", "b", "c d", nil, "", "é"]
    return [
      Cell("\(id)"), names.randomElement()!, [Cell("0"), Cell("1"), .null].randomElement()!,
      .bytes((0..<Int.random(in: 0...9)).map { _ in UInt8.random(in: 0...255) }),
      [Cell("{}"), Cell("[1]"), Cell("broken"), .null].randomElement()!,
    ]
  }

  /// What a MINIMAL image tells: the primary key.
  private func minimal(_ cells: [Cell]) -> [Cell] {
    [cells[0]] + Array(repeating: .absent, count: cells.count - 1)
  }

  private func run(_ configuration: TableConfiguration, isMinimal: Bool) throws {
    let mapping = try TableMapping(configuration, id: 0, columns: Self.shape, valueLimit: 120)
    var rows: [Int: [Cell]] = [:]
    var pool = Pool()
    var effects = RowEffects()
    for _ in 0..<2000 {
      let id = Int.random(in: 0..<20)
      effects.removeAll()
      if let old = rows[id] {
        let before = isMinimal ? minimal(old) : old
        if Bool.random() {
          let new = values(id)
          mapping.update(row(before), to: row(new), into: &effects)
          rows[id] = new
        } else {
          mapping.delete(row(before), into: &effects)
          rows[id] = nil
        }
      } else {
        let new = values(id)
        mapping.insert(row(new), into: &effects)
        rows[id] = new
      }
      pool.apply(effects)
    }
    var loaded = Pool()
    for (_, cells) in rows {
      effects.removeAll()
      mapping.insert(row(cells), into: &effects)
      loaded.apply(effects)
    }
    #expect(pool.entries == loaded.entries)
    #expect(pool.stores > 100)
    for value in loaded.entries.values where value.hasPrefix("{\"id") {
      #expect((try? JSONSerialization.jsonObject(with: Data(value.utf8))) != nil, "\(value)")
    }
  }

  @Test
  func `full images keep entries equal to the table`() throws {
    for condition in [nil, "active = 1", "not (active = 0 or name like 'a%')"] {
      var configuration = try table("u:{id}", "n:{name}:{id}", "{id}:{active}:{name}", where: condition)
      configuration.entries[1].value = .column("doc")
      try run(configuration, isMinimal: false)
    }
  }

  @Test
  func `images of the primary key alone do so for keys made of it`() throws {
    for condition in [nil, "active = 1"] {
      try run(try table("u:{id}", "x{id}", where: condition), isMinimal: true)
    }
  }

  @Test
  func `random rows of every kind lead to valid keys and bounded values`() throws {
    let shape = columns(
      "a:integer:key b:decimal c:float d:double e:bit f:year g:date h:time i:datetime j:text k:enum l:bytes m:json n:geometry o:uuid"
    )
    var configuration = try table(
      "{a}{j}", "{l}", "k:{m}",
      where:
        "not (a = 1 and b > 2.5 and c < 1 and d = 2 and e = 1 and f = 2 and g > '2024-01-01' and h < '10:00:00' "
        + "and i = '2024-01-01' and j like '%a_b%' and k <> 'x' and l in ('a', 'b'))",
      bump: ["g:{j}"], requery: [("q:{l}", "select :l")])
    configuration.foreignPrefixes = ["1", "gen/"]
    let mapping = try TableMapping(configuration, id: 0, columns: shape, valueLimit: 300)
    let texts = [
      "", "-", "0", "1", "-1.5", "2024-01-01", "10:00:00", "2024-01-01 10:00:00", "aab", "{\"a\":1}", "nan",
      "é",
    ]
    func cells() -> [Cell] {
      shape.map { _ in
        switch Int.random(in: 0..<8) {
        case 0: .null
        case 1: .absent
        case 2...4: Cell(texts.randomElement()!)
        default: .bytes((0..<Int.random(in: 0...60)).map { _ in UInt8.random(in: 0...255) })
        }
      }
    }
    var effects = RowEffects()
    var stores = 0
    for _ in 0..<4000 {
      effects.removeAll()
      mapping.update(row(cells()), to: row(cells()), into: &effects)
      for mutation in effects.mutations {
        let key = effects.key(of: mutation)
        let isForeign = key.first == UInt8(ascii: "1") || key.starts(with: "gen/".utf8)
        if key.isEmpty || key.count > 250 || key.contains(where: { $0 <= 32 || $0 == 127 })
          || isForeign && mutation.kind != .bump
        {
          Issue.record("the key \(Array(key)) of a \(mutation.kind)")
        }
        guard mutation.kind == .store else { continue }
        stores += 1
        let value = Data(effects.value(of: mutation))
        if value.count > 300 || (try? JSONSerialization.jsonObject(with: value)) == nil {
          Issue.record("the value \(String(decoding: value, as: UTF8.self))")
        }
      }
    }
    #expect(stores > 200)
  }
}
